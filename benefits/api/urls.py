"""The room's routes below /api/v1/."""

from benefits.api import views

routes = [
    ("agreements", views.Agreements, "agreement"),
    ("agreement-versions", views.Versions, "agreement-version"),
    ("incomes", views.Incomes, "income"),
    ("settlements", views.Settlements, "settlement"),
    ("statements", views.Statements, "statement"),
    ("disputes", views.Disputes, "dispute"),
    ("tranches", views.Tranches, "tranche"),
    ("funds", views.Funds, "fund"),
    ("fund-call-lines", views.CallLines, "fund-call-line"),
    ("fund-parties", views.FundParties, "fund-party"),
    ("claims", views.Claims, "claim"),
]
