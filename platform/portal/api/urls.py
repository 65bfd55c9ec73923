"""Addresses of the island report and of the funnel below /api/v1/."""

from django.urls import path

from portal.api import allocation, funnel, islands

urlpatterns = [
    path("allocation/", allocation.AllocationView.as_view(), name="allocation"),
    path("funnel/", funnel.FunnelView.as_view(), name="funnel"),
    path("kpis/", funnel.KpisView.as_view(), name="kpis"),
    path("islands/", islands.IslandsView.as_view(), name="islands"),
    path("islands/suggestions/", islands.SuggestionsView.as_view(), name="island-suggestions"),
]
