"""Addresses of the room, below /needs/."""

from needs.web import challenge_urls

app_name = "needs"
urlpatterns = [*challenge_urls.urlpatterns]
