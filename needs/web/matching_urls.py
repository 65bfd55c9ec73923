"""Addresses of matches and of invitations to solve a need."""

from django.urls import path

from needs.web import matching_views, opportunity_views

urlpatterns = [
    path("<uuid:pk>/matches/", matching_views.matches_page, name="matches"),
    path("<uuid:pk>/matches/<uuid:found>/dismiss/", matching_views.dismiss_match, name="dismiss_match"),
    path("<uuid:pk>/matches/<uuid:found>/invite/", matching_views.invite_solver, name="invite_solver"),
    path("opportunities/", opportunity_views.list_opportunities, name="opportunities"),
    path("opportunities/<uuid:pk>/dismiss/", opportunity_views.dismiss_opportunity, name="dismiss_opportunity"),
    path("dismissals/<uuid:pk>/restore/", matching_views.restore_match, name="restore_match"),
    path("invitations/", matching_views.list_invitations, name="solver_invitations"),
    path("invitations/<uuid:pk>/", matching_views.invitation_page, name="solver_invitation"),
    path("invitations/<uuid:pk>/accept/", matching_views.accept_solving, name="accept_solving"),
    path("invitations/<uuid:pk>/decline/", matching_views.decline_solving, name="decline_solving"),
    path("invitations/<uuid:pk>/withdraw/", matching_views.withdraw_solving, name="withdraw_solving"),
]
