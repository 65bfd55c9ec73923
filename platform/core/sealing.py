"""Small secrets that must be read again lie encrypted, under a key made from SECRET_KEY and the purpose."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBrokenError(ValueError):
    """The server's key has changed since, or the text is not one of ours."""


def key(purpose: str, secret: str | None = None) -> bytes:
    """32 bytes for one purpose: what is sealed for one cannot be opened for another."""
    return hashlib.sha256(f"{purpose}:{settings.SECRET_KEY if secret is None else secret}".encode()).digest()


def seal(purpose: str, text: str) -> str:
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """The text again, also under an earlier key that SECRET_KEY_FALLBACKS still names. Raises SealBrokenError."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError(purpose) from None


def _box(purpose: str) -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key(purpose, str(secret)))) for secret in secrets])
