"""The log's keys: the one that signs comes from the environment or a file, never from the database."""

from __future__ import annotations

import base64
import binascii

from django.conf import settings

from core.book.note import Key, MalformedError, Signer


def signer() -> Signer | None:
    """The key that signs checkpoints; None in a process that was given none."""
    seed = settings.BOOK_SIGNING_KEY
    return Signer(settings.BOOK_ORIGIN, seed_of(seed)) if seed else None


def seed_of(text: str) -> bytes:
    """The 32 bytes of a signing key as the environment holds them: base64, either alphabet, with or without padding."""
    try:
        seed = base64.b64decode(
            text.strip().rstrip("=") + "=" * (-len(text.strip().rstrip("=")) % 4),
            b"-_" if set(text) & set("-_") else None,
            validate=True,
        )
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != 32:
        raise MalformedError("BOOK_SIGNING_KEY is base64 of 32 random bytes; manage.py book_key --new makes one")
    return seed


def known() -> list[Key]:
    """Every public key that the operator names, the present one first, then earlier ones."""
    present = signer()
    listed = [_listed(one) for one in settings.BOOK_PUBLIC_KEYS]
    return list(dict.fromkeys([*([present.key] if present else []), *listed]))


def _listed(text: str) -> Key:
    """A public key with its log's name, or the base64 of its 32 bytes alone, which is then a key of this log."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raw = b""
    return Key(settings.BOOK_ORIGIN, raw) if len(raw) == 32 else Key.read(text)
