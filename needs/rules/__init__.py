"""Who may do what, by noun; importing the package registers all of it."""

from needs.rules import (
    bid,
    challenge,
    need,
    offer,
    result,
    review,
    survey,
)

__all__ = [
    "bid",
    "challenge",
    "need",
    "offer",
    "result",
    "review",
    "survey",
]
