"""Which files of people a copy holds, and under which names there: an encrypted copy tells neither.

The product names a file after its content. Who has a file already could therefore see in the names of a copy that it is there;
so an encrypted copy names it by a keyed hash of its path, and its listing is encrypted as well. The hash stays the same under one
key, so that two copies can share the file.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from core import sealing
from core.ops.copies import streams

FORMAT = 2  # in format 1 an encrypted copy had the product's names, and an open listing
READABLE = (1, FORMAT)
NAME = "media.sha256"


@dataclass(frozen=True)
class Kept:
    """One file of people in a copy: its path in MEDIA_ROOT, where it lies in the copy, and the digest of what lies there."""

    path: str
    place: str
    sha256: str


def place_of(path: str) -> str:
    """Where a new copy keeps the file, as seen from the copy."""
    if not settings.BACKUP_KEY:
        return f"media/{path}"
    name = hmac.digest(sealing.key("backup names", settings.BACKUP_KEY), path.encode(), "sha256").hex()
    return f"media/{name[:2]}/{name}"


def write(copy: Path, files: Iterable[Kept]) -> str:
    """Write the listing, for `sha256sum --check` where nothing is encrypted; gives its digest."""
    return streams.write(copy / NAME, (f"{one.sha256}  media/{one.path}\n".encode() for one in files)).sha256


def read(copy: Path, manifest: dict[str, Any]) -> list[Kept]:
    """The files that a copy holds. Raises DamagedError."""
    is_hidden = manifest["encrypted"] and manifest["format"] > 1
    text = b"".join(streams.read(copy / NAME, is_encrypted=is_hidden)).decode()
    rows = [(line[:64], line[66:].removeprefix("media/")) for line in text.splitlines()]
    return [Kept(path, place_of(path) if is_hidden else f"media/{path}", sha256) for sha256, path in rows]


def is_whole(copy: Path, manifest: dict[str, Any]) -> bool:
    """Whether the listing is the one that the manifest knows."""
    file = copy / NAME
    return file.is_file() and streams.digest_of(file) == manifest["media"]["listing_sha256"]
