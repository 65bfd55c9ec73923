"""Checkpoints as C2SP signed notes: text, an empty line, signature lines. Ed25519 keys by name and hash.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MOST_SIGNATURES = 16
_NAME = re.compile(r"[^\s+]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class MalformedError(ValueError):
    """What was read is no note, checkpoint or key of these formats, or is not signed by a known key."""


def encode(data: bytes) -> str:
    """Base64 as all these formats write it."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """The bytes of base64 in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("no base64") from None
    if encode(data) != text:
        raise MalformedError("base64 with stray bits")
    return data


@dataclass(frozen=True)
class Key:
    """A public key that verifies: `name+hash+base64(type ‖ key)`."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key), by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{encode(ED25519 + self.public)}"

    @classmethod
    def read(cls, vkey: str) -> Key:
        """The key that the text says; raises MalformedError when its hash does not agree."""
        name, _plus, rest = vkey.partition("+")
        hashed, _plus, data = rest.partition("+")
        raw = decode(data)
        if not _NAME.fullmatch(name) or len(raw) != 33 or raw[:1] != ED25519:
            raise MalformedError("no Ed25519 key of a signed note")
        key = cls(name, raw[1:])
        if key.hash.hex() != hashed:
            raise MalformedError("the key's hash does not belong to its name and bytes")
        return key

    def verifies(self, signature: bytes, text: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A key that signs, from the 32 bytes of its seed."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise MalformedError("a key's name has no space and no plus sign")
        if len(self.seed) != 32:
            raise MalformedError("the seed of a signing key has 32 bytes")

    @property
    def key(self) -> Key:
        return Key(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note: text, empty line, one signature line."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n— {self.name} {encode(self.key.hash + signature)}\n"


def opened(note: str, keys: Iterable[Key]) -> tuple[str, Key]:
    """The note's text and the first known key that signed it; raises MalformedError.

    Lines of unknown keys are passed over; a line that names a known key and does not verify spoils the note.
    """
    text, middle, lines = note.rpartition("\n\n")
    text += "\n"
    if not middle or not lines.endswith("\n") or len(text) < 2 or any(ord(one) < 32 and one != "\n" for one in note):
        raise MalformedError("no signed note")
    rows = lines[:-1].split("\n")
    if len(rows) > MOST_SIGNATURES:
        raise MalformedError("too many signatures")
    known = {(one.name, one.hash): one for one in keys}
    found = None
    for row in rows:
        dash, _space, rest = row.partition(" ")
        name, _space, blob = rest.partition(" ")
        signature = decode(blob)
        if dash != "—" or not _NAME.fullmatch(name) or len(signature) < 5:
            raise MalformedError("no signature line")
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        if not key.verifies(signature[4:], text.encode()):
            raise MalformedError("the signature is wrong")
        found = found or key
    if found is None:
        raise MalformedError("not signed by a known key")
    return text, found


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What is signed: origin, size, root, a line each."""
    return f"{origin}\n{size}\n{encode(root)}\n"


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint's text; lines after them are extensions."""
    rows = text.split("\n")
    if len(rows) < 4 or not rows[0] or rows[-1] or not all(rows[:-1]) or not _NUMBER.fullmatch(rows[1]):
        raise MalformedError("no checkpoint")
    root = decode(rows[2])
    if len(root) != 32:
        raise MalformedError("a root has 32 bytes")
    return rows[0], int(rows[1]), root


def tlog_proof(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The C2SP text that proves that a leaf stands at `index` of the checkpoint's tree."""
    rows = "".join(f"{encode(one)}\n" for one in proof)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{rows}\n{checkpoint}"
