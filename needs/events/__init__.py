"""News of the room, by noun."""

from needs.events import challenge, need

__all__ = ["challenge", "need"]
