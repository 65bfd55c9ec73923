"""Addresses of webhooks."""

from django.urls import path

from core.webhooks.web import views

app_name = "webhooks"

urlpatterns = [
    path("", views.list_endpoints, name="list"),
    path("new/", views.register_endpoint, name="new"),
    path("<uuid:pk>/", views.endpoint_page, name="endpoint"),
    path("<uuid:pk>/edit/", views.edit_endpoint, name="edit"),
    path("<uuid:pk>/ping/", views.ping_endpoint, name="ping"),
    path("<uuid:pk>/pause/", views.pause_endpoint, name="pause"),
    path("<uuid:pk>/resume/", views.resume_endpoint, name="resume"),
    path("<uuid:pk>/secret/", views.rotate_secret, name="rotate"),
    path("<uuid:pk>/replay/", views.replay_range, name="replay"),
    path("<uuid:pk>/delete/", views.delete_endpoint, name="delete"),
    path("messages/<uuid:pk>/", views.delivery_page, name="delivery"),
    path("messages/<uuid:pk>/replay/", views.replay_delivery, name="replay_one"),
]
