"""Routes of the alerts below /api/v1/."""

from core.checks.api import views

routes = [("alerts", views.Alerts, "alert"), ("thresholds", views.Thresholds, "threshold")]
