"""Who may do what, by noun; importing the package registers all of it."""

from needs.rules import (
    bid,
    challenge,
    complaint,
    details,
    duplicate,
    eligibility,
    matching,
    need,
    offer,
    outcome,
    pairing,
    qualification,
    question,
    result,
    review,
    survey,
)

__all__ = [
    "bid",
    "challenge",
    "complaint",
    "details",
    "duplicate",
    "eligibility",
    "matching",
    "need",
    "offer",
    "outcome",
    "pairing",
    "qualification",
    "question",
    "result",
    "review",
    "survey",
]
