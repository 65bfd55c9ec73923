"""The room's routes below /api/v1/."""

from needs.api import challenge_views, need

routes = [
    ("needs", need.NeedViewSet, "need"),
    ("need-evidence", need.EvidenceViewSet, "need-evidence"),
    *challenge_views.routes,
]
