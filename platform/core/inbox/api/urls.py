"""Routes of the inbox below /api/v1/."""

from core.inbox.api import views

routes = [("tasks", views.Tasks, "task"), ("notifications", views.Notifications, "notification")]
