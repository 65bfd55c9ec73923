"""Addresses of the inbox."""

from django.urls import path

from core.inbox.web import absences, calendar, preferences, views

app_name = "inbox"

urlpatterns = [
    path("", views.list_tasks, name="list"),
    path("tasks/<uuid:pk>/", views.task_page, name="task"),
    path("tasks/<uuid:pk>/hand-on/", views.hand_on_task, name="hand_on_task"),
    path("notifications/", views.list_notifications, name="notifications"),
    path("notifications/read/", views.read_all_notifications, name="read_all"),
    path("notifications/<uuid:pk>/", views.open_notification, name="notification"),
    path("preferences/", preferences.edit_preferences, name="preferences"),
    path("absences/", absences.list_absences, name="absences"),
    path("absences/new/", absences.name_cover, name="name_cover"),
    path("absences/<uuid:pk>/", absences.absence_page, name="absence"),
    path("absences/<uuid:pk>/end/", absences.end_cover, name="end_cover"),
    path("calendar/", calendar.calendar_page, name="calendar"),
    path("calendar/renew/", calendar.renew_feed, name="renew_feed"),
    path("calendar/revoke/", calendar.revoke_feed, name="revoke_feed"),
    path("calendar/feed/<str:secret>.ics", calendar.feed, name="feed"),
]
