"""Passwords get one more round before the slow one: under a key that lies outside the database (ASVS 2.4.5).

Who has the database alone then cannot even begin to guess. The hash says under which key it was made, by eight characters that tell nothing of it,
so that a key can be replaced: hashes of an earlier one hold while PASSWORD_KEY_FALLBACKS names it, and are made anew at the next sign-in, like those
from before there was a key. Without PASSWORD_KEY the slow round alone is used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import constant_time_compare

log = logging.getLogger(__name__)


class KeyedHasher(PBKDF2PasswordHasher):
    """`keyed_pbkdf2_sha256$<which key>$<iterations>$<salt>$<hash>`."""

    algorithm = "keyed_pbkdf2_sha256"

    def encode(self, password: str, salt: str, iterations: int | None = None, secret: str | None = None) -> str:
        self._check_encode_args(password, salt)  # type: ignore[attr-defined]  # Django's own, unknown to the stubs
        secret = settings.PASSWORD_KEY if secret is None else secret
        slow = super().encode(_keyed(password, secret), salt, iterations)
        return f"{self.algorithm}${name_of(secret)}${slow.partition('$')[2]}"

    def decode(self, encoded: str) -> Any:
        algorithm, key, rest = encoded.split("$", 2)
        return super().decode(f"{algorithm}${rest}") | {"key": key}

    def verify(self, password: str, encoded: str) -> bool:
        found = self.decode(encoded)
        secret = _secrets().get(found["key"])
        if secret is None:
            log.warning("a password was hashed under key %s, which this process does not have", found["key"])
        again = self.encode(password, found["salt"], found["iterations"], secret or "")
        return secret is not None and constant_time_compare(encoded, again)

    def must_update(self, encoded: str) -> bool:
        return super().must_update(encoded) or self.decode(encoded)["key"] != name_of(settings.PASSWORD_KEY)


def name_of(secret: str) -> str:
    """Which key a hash was made under."""
    return hashlib.sha256(f"name of a password key:{secret}".encode()).hexdigest()[:8]


def _secrets() -> dict[str, str]:
    return {name_of(one): one for one in (settings.PASSWORD_KEY, *settings.PASSWORD_KEY_FALLBACKS) if one}


def _keyed(password: str, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), password.encode(), "sha256")).decode()
