"""News of the room, by noun."""

from needs.events import challenge, need, offer

__all__ = ["challenge", "need", "offer"]
