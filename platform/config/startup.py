"""What must be true before the product serves anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from core import db


def refuse_missing_keys() -> None:
    """Raise when the book would be written under no key: its pseudonyms could be guessed, and never be made good."""
    for name in ("SECRET_KEY", "BOOK_KEY"):
        if not getattr(settings, name, ""):
            raise ImproperlyConfigured(
                f"{name} is not set (nor {name}_FILE): make one long random word and keep it safe."
            )


def refuse_weak_password_key() -> None:
    """Raise when the key of passwords could be guessed: hashes name their key by eight characters made from it."""
    if any(len(one) < 32 for one in (settings.PASSWORD_KEY, *settings.PASSWORD_KEY_FALLBACKS) if one):
        raise ImproperlyConfigured("PASSWORD_KEY is shorter than 32 characters: make one long random word of it.")


def refuse_half_set_sign_on() -> None:
    """Raise when single sign-on is configured in part: better now than at everybody's first try."""
    from core.accounts import oidc

    if faults := oidc.faults():
        raise ImproperlyConfigured("; ".join(faults))


def refuse_powerful_role() -> None:
    """Raise when the database role could step over append-only tables or row security, whatever the rules say."""
    why = db.too_powerful()
    connection.close()
    if why:
        raise ImproperlyConfigured(
            f"{why}: nothing could then hold the append-only tables. "
            "Set DATABASE_URL to the runtime role (an administrator creates it with `python -m config.roles`)."
        )
