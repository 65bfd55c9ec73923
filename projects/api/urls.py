"""The room's routes below /api/v1/."""

from projects.api import views

routes = [
    ("projects", views.Projects, "project"),
    ("project-indicators", views.Indicators, "project-indicator"),
    ("work-packages", views.WorkPackages, "work-package"),
    ("gates", views.Gates, "gate"),
    ("gate-seats", views.Seats, "gate-seat"),
    ("gate-conditions", views.Conditions, "gate-condition"),
    ("handovers", views.Handovers, "handover"),
    ("directions", views.Directions, "direction"),
    ("acceptances", views.Acceptances, "acceptance"),
]
