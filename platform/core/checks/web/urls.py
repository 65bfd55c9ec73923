"""Addresses of the alerts and of the figures that fire them."""

from django.urls import path

from core.checks.web import thresholds, views

app_name = "alerts"

urlpatterns = [
    path("", views.list_alerts, name="list"),
    path("mute/", views.mute_alerts, name="mute_alerts"),
    path("thresholds/", thresholds.list_thresholds, name="thresholds"),
    path("thresholds/<uuid:chain>/<str:code>/<str:name>/", thresholds.change_threshold, name="change_threshold"),
    path("<uuid:pk>/", views.alert_page, name="alert"),
    path("<uuid:pk>/mute/", views.mute_alert, name="mute_alert"),
    path("<uuid:pk>/unmute/", views.unmute_alert, name="unmute_alert"),
]
