"""Who may do what, by noun; importing the package registers all of it."""

from needs.rules import bid, challenge, need, review, survey

__all__ = ["bid", "challenge", "need", "review", "survey"]
