"""Secrets and signatures as the Standard Webhooks specification has them."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

from standardwebhooks import Webhook

from core import sealing

PURPOSE = "webhook"
PREFIX = "whsec_"
KEY_BYTES = 32


def fresh_secret() -> str:
    """`whsec_` and 256 random bits in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def seal(secret: str) -> str:
    return sealing.seal(PURPOSE, secret)


def unseal(sealed: str) -> str:
    """Raises sealing.SealBrokenError when the server's key has changed since."""
    return sealing.unseal(PURPOSE, sealed)


def headers(message_id: str, at: dt.datetime, body: str, keys: list[str]) -> dict[str, str]:
    """The three headers; one signature for each secret that is valid now."""
    at = at.astimezone(dt.UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message_id, at, body) for key in keys),
    }
