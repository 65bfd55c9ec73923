"""Addresses of the inbox."""

from django.urls import path

from core.inbox.web import views

app_name = "inbox"

urlpatterns = [
    path("", views.list_tasks, name="list"),
    path("notifications/", views.list_notifications, name="notifications"),
    path("notifications/read/", views.read_all_notifications, name="read_all"),
    path("notifications/<uuid:pk>/", views.open_notification, name="notification"),
]
