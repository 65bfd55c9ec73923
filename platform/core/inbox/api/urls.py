"""Routes of the inbox below /api/v1/."""

from django.urls import path

from core.inbox.api import views

routes = [
    ("tasks", views.Tasks, "task"),
    ("notifications", views.Notifications, "notification"),
    ("absences", views.Absences, "absence"),
]
urlpatterns = [
    path("inbox/summary/", views.Summary.as_view({"get": "retrieve"}), name="inbox-summary"),
    path(
        "inbox/preferences/",
        views.PreferencesDoor.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="inbox-preferences",
    ),
    path("inbox/deadlines/", views.DeadlinesDoor.as_view({"get": "retrieve"}), name="inbox-deadlines"),
    path("inbox/calendar/", views.FeedDoor.as_view({"get": "retrieve", "delete": "destroy"}), name="inbox-calendar"),
    path("inbox/calendar/renew/", views.FeedDoor.as_view({"post": "renew"}), name="inbox-calendar-renew"),
]
