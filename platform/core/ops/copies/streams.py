"""Writing a file once, with its digest, and encrypted where BACKUP_KEY is set.

Encrypted: a mark, a salt of 32 bytes, then chunks of 1 MiB under AES-256-GCM. Each file has a key of its own; each chunk is bound
to its number and to being the last or not, so that none can be left out, moved or cut off.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core import sealing

MARK = b"XLB1"
CHUNK = 1 << 20
TAG = 16


class DamagedError(Exception):
    """A file of the copy is not what was written."""


@dataclass(frozen=True)
class Written:
    """What lies there now."""

    bytes: int
    sha256: str


def chunks(source: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """What the source holds, piece by piece."""
    while piece := source.read(size):
        yield piece


def key_id() -> str:
    """Tells one BACKUP_KEY from another, and nothing of it; empty when none is set."""
    if not settings.BACKUP_KEY:
        return ""
    return hmac.digest(sealing.key("backup key id", settings.BACKUP_KEY), b"which key", "sha256").hex()[:32]


def write(target: Path, pieces: Iterable[bytes]) -> Written:
    """Write the pieces, encrypted if there is a key; safe on the disk when this returns."""
    digest, many = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in encrypted(pieces) if settings.BACKUP_KEY else pieces:
            file.write(piece)
            digest.update(piece)
            many += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return Written(many, digest.hexdigest())


def read(source: Path, *, is_encrypted: bool) -> Iterator[bytes]:
    """What was written, decrypted. Raises DamagedError."""
    with source.open("rb") as file:
        yield from decrypted(file) if is_encrypted else chunks(file)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def encrypted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    salt = os.urandom(32)
    box = _box(salt)
    yield MARK + salt
    number, waiting = 0, None
    for piece in _even(pieces):
        if waiting is not None:
            yield box.encrypt(_nonce(number, False), waiting, MARK)
            number += 1
        waiting = piece
    yield box.encrypt(_nonce(number, True), waiting or b"", MARK)


def decrypted(file: IO[bytes]) -> Iterator[bytes]:
    head = file.read(len(MARK) + 32)
    if head[: len(MARK)] != MARK:
        raise DamagedError("not an encrypted file of a copy")
    box = _box(head[len(MARK) :])
    number, piece = 0, file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield box.decrypt(_nonce(number, not following), piece, MARK)
        except InvalidTag:
            raise DamagedError("changed, cut off, or encrypted under another BACKUP_KEY") from None
        if not following:
            return
        number, piece = number + 1, following


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK, the last one shorter."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) >= CHUNK:
            yield bytes(kept[:CHUNK])
            del kept[:CHUNK]
    if kept:
        yield bytes(kept)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _box(salt: bytes) -> AESGCM:
    return AESGCM(hmac.digest(sealing.key("backup", settings.BACKUP_KEY), salt, "sha256"))
