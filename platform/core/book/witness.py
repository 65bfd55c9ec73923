"""What is kept outside the database: every checkpoint, and the hash of every leaf.

Whoever restores an older database, or rewrites it, does not rewrite this folder: the two no longer agree. It belongs on
another disk or machine, under another account; the product only ever adds to it.

`checkpoints.txt` holds signed notes, each followed by an empty line. `leaves.sha256` holds 32 bytes for each entry.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

_TAIL = 64 * 1024


@dataclass(frozen=True)
class Witness:
    """The folder outside the database."""

    folder: Path

    @property
    def notes_file(self) -> Path:
        return self.folder / "checkpoints.txt"

    @property
    def leaves_file(self) -> Path:
        return self.folder / "leaves.sha256"

    def written(self) -> int:
        """How long the file of notes is now."""
        return self.notes_file.stat().st_size if self.notes_file.exists() else 0

    def notes(self, until: int) -> Iterator[str]:
        """Every note in the first `until` bytes, oldest first; a torn last one is left out."""
        if until:
            with self.notes_file.open("rb") as file:
                yield from _read(file, until)

    def newest(self) -> str | None:
        """The note that was added last."""
        size = self.written()
        if not size:
            return None
        with self.notes_file.open("rb") as file:
            file.seek(max(0, size - _TAIL))
            found = list(_read(file, size))
        return found[-1] if found else None

    def leaves(self) -> int:
        """Of how many entries the hashes lie here."""
        return self.leaves_file.stat().st_size // 32 if self.leaves_file.exists() else 0

    def hashes(self, start: int, end: int) -> list[bytes]:
        """The leaf hashes from one index to before another, as far as they are here."""
        if not self.leaves_file.exists():
            return []
        with self.leaves_file.open("rb") as file:
            file.seek(start * 32)
            data = file.read((end - start) * 32)
        return [data[at : at + 32] for at in range(0, len(data) // 32 * 32, 32)]

    def keep_leaves(self, hashes: list[bytes]) -> None:
        """Add leaf hashes behind those that are here, safely on disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = self.leaves() * 32
        with self.leaves_file.open("ab") as file:
            file.truncate(whole)
            file.write(b"".join(hashes))
            _settle(file)

    def keep_note(self, note: str) -> None:
        """Add a checkpoint, safely on disk; what a crash left of an earlier one is removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.notes_file.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 2))
            if size and file.read() != b"\n\n":
                file.seek(0)
                file.truncate(sum(len(one.encode()) + 1 for one in _read(file, size)))
            file.write(note.encode() + b"\n")
            _settle(file)


def configured() -> Witness | None:
    """The folder that BOOK_WITNESS names."""
    return Witness(Path(settings.BOOK_WITNESS)) if settings.BOOK_WITNESS else None


def _read(file: IO[bytes], end: int) -> Iterator[str]:
    rows: list[str] = []
    while file.tell() < end and (row := file.readline()):
        text = row.decode(errors="replace")
        if text == "\n" and rows and rows[-1].startswith("— "):
            yield "".join(rows)
            rows = []
        else:
            rows.append(text)


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
