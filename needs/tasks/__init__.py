"""Jobs of the room, by noun; importing the package registers all of them."""

from needs.tasks import challenge, complaint, duplicate, library, need, opportunity, survey

__all__ = ["challenge", "complaint", "duplicate", "library", "need", "opportunity", "survey"]
