"""The secret address of a person's calendar: how its secret part is kept, and the whole of it."""

from __future__ import annotations

import hashlib
import secrets

from django.urls import reverse

from core import sealing
from core.inbox.mail import absolute
from core.inbox.models import Feed

PURPOSE = "calendar feed"


def fresh_secret() -> tuple[str, str, str]:
    """A new secret with its hash, under which it is found, and its sealed form, from which its owner reads it again."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret), sealing.seal(PURPOSE, secret)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def address_of(feed: Feed) -> str:
    """The whole address, to show to its owner; empty when it was closed, or the server's key has changed."""
    if not feed.sealed:
        return ""
    try:
        return absolute(reverse("inbox:feed", args=[sealing.unseal(PURPOSE, feed.sealed)]))
    except sealing.SealBrokenError:
        return ""
