"""Addresses of the alerts."""

from django.urls import path

from core.checks.web import views

app_name = "alerts"

urlpatterns = [
    path("", views.list_alerts, name="list"),
    path("<uuid:pk>/", views.alert_page, name="alert"),
    path("<uuid:pk>/mute/", views.mute_alert, name="mute_alert"),
]
