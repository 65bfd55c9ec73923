"""REST routes of the room."""

from needs.api import challenge_views

routes = [*challenge_views.routes]
