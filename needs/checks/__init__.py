"""What must be noticed, by noun; importing the package registers all of it."""

from needs.checks import challenge, entry, need, result

__all__ = ["challenge", "entry", "need", "result"]
