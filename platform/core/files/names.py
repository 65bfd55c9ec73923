"""Names of files as people see them: cleaned once, shown and offered for download, never used on a disk."""

from __future__ import annotations

import re
import unicodedata

BYTES = 180  # leaves room for a counter or a folder's prefix under the 255 bytes of common file systems
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|\.)", re.IGNORECASE)


def clean(sent: str) -> str:
    """The name in one normal form, without path, control and direction characters, short enough for every system."""
    name = unicodedata.normalize("NFC", sent)
    name = re.split(r"[/\\]", name)[-1]
    # Cc and Cf are control and invisible characters: marks of direction make `gpj.exe` look like a picture.
    name = "".join(one for one in name if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _cut(name)


def extension(name: str) -> str:
    """What stands behind the last dot, in small letters; empty where there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def _cut(name: str) -> str:
    if len(name.encode()) <= BYTES:
        return name
    stem, dot, last = name.rpartition(".")
    tail = f".{last}" if dot and len(last) <= 10 else ""
    stem = stem if tail else name
    room = BYTES - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + tail
