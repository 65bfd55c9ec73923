"""Routes of accounts below /api/v1/."""

from django.urls import path

from core.accounts.api import views

routes = [
    ("organisations", views.Organisations, "organisation"),
    ("organisation-changes", views.OrganisationChanges, "organisation-change"),
    ("members", views.Members, "member"),
    ("invitations", views.Invitations, "invitation"),
    ("clients", views.Clients, "client"),
    ("sessions", views.Sessions, "session"),
    ("experts", views.Experts, "expert"),
]
urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/data/", views.OwnData.as_view({"post": "take_own_data"}), name="take_own_data"),
    path("people/", views.People.as_view(), name="people"),
    path(
        "people/take_second_factor/",
        views.LostFactors.as_view({"post": "take_second_factor"}),
        name="take_second_factor",
    ),
    path("people/ask_for_account/", views.AccountLinks.as_view(), name="ask_for_account"),
]
