"""What must be noticed, by noun; importing the package registers all of it."""

from needs.checks import challenge, duplicate, entry, need, result

__all__ = ["challenge", "duplicate", "entry", "need", "result"]
