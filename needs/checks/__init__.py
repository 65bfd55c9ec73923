"""What must be noticed, by noun; importing the package registers all of it."""

from needs.checks import award, challenge, claims, contract, duplicate, entry, need, result

__all__ = ["award", "challenge", "claims", "contract", "duplicate", "entry", "need", "result"]
