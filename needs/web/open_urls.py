"""Addresses of what everybody may read, below /open/."""

from django.urls import path

from needs.web import open_feeds, open_views

app_name = "open"

urlpatterns = [
    path("", open_views.list_challenges, name="challenges"),
    path("results/", open_views.list_results, name="results"),
    path("outcomes/", open_views.list_outcomes, name="outcomes"),
    path("challenges/<uuid:pk>/", open_views.challenge_page, name="challenge"),
    path("results/<uuid:pk>/", open_views.result_page, name="result"),
    path("outcomes/<uuid:pk>/", open_views.outcome_page, name="outcome"),
    path("challenges.atom", open_feeds.feed, {"name": "challenges"}, name="challenges_feed"),
    path("results.atom", open_feeds.feed, {"name": "results"}, name="results_feed"),
    path("outcomes.atom", open_feeds.feed, {"name": "outcomes"}, name="outcomes_feed"),
    path("deadlines.ics", open_feeds.deadlines, name="deadlines"),
]
