"""The format of an entry, fixed from the first day.

A leaf is RFC 8785 JSON of type, version, time (RFC 3339, UTC, microseconds), the pseudonyms of actor, organisation and
object (HMAC-SHA-256 of their UUIDs' text under the log's key, hex; absent ones are empty) and SHA-256(salt ‖ body).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from django.utils.functional import Promise

TYPE = "xielian.entry"
VERSION = 1

# The same format as bytes: a leaf that fits is in canonical form, and nothing else is.
_FORM = re.compile(
    rb'\{"actor":"([0-9a-f]{64}|)","body":"([0-9a-f]{64})","object":"([0-9a-f]{64})","organisation":"([0-9a-f]{64}|)",'
    rb'"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","type":"xielian\.entry","version":1\}'
)


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes; decimals, times, ids and fractions become strings, so that nothing is rounded."""
    return rfc8785.dumps(plain(value))


def plain(value: Any) -> Any:
    """The value as JSON types; whole numbers beyond 2^53 and every decimal as strings."""
    if value is None or isinstance(value, bool | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        raise TypeError("the book takes decimals, not floats")
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date | Decimal | UUID | Promise):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)


def moment(at: dt.datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def pseudonym(key: bytes, subject: UUID | None) -> str:
    """The name under which an id stands in the log; without the key it cannot be found out."""
    return hmac.new(key, str(subject).encode(), hashlib.sha256).hexdigest() if subject else ""


def body_hash(salt: bytes, body: bytes) -> str:
    """What the leaf says of its body."""
    return hashlib.sha256(salt + body).hexdigest()


def make(
    *, key: bytes, at: dt.datetime, actor: UUID | None, organisation: UUID | None, obj: UUID, body_sha256: str
) -> bytes:
    """The bytes of one leaf, exactly as they are hashed and stored."""
    return rfc8785.dumps(
        {
            "type": TYPE,
            "version": VERSION,
            "time": moment(at),
            "actor": pseudonym(key, actor),
            "organisation": pseudonym(key, organisation),
            "object": pseudonym(key, obj),
            "body": body_sha256,
        }
    )


def read(leaf: bytes) -> dict[str, str]:
    """The fields of a leaf; raises ValueError when the bytes are not a leaf in canonical form."""
    found = _FORM.fullmatch(leaf)
    if found is None:
        raise ValueError("not a leaf in canonical form")
    return dict(
        zip(("actor", "body", "object", "organisation", "time"), map(bytes.decode, found.groups()), strict=True)
    )
