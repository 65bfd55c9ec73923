"""Addresses of the island report below /api/v1/."""

from django.urls import path

from portal.api import islands

urlpatterns = [
    path("islands/", islands.IslandsView.as_view(), name="islands"),
    path("islands/suggestions/", islands.SuggestionsView.as_view(), name="island-suggestions"),
]
