"""Looking into archives and office documents without unpacking them to a disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from core.files import names

ENTRIES = 5000
UNPACKED = 200 * 1024 * 1024
RATIO, RATIO_FROM = 200, 20 * 1024 * 1024
DEPTH = 2
_LOCAL_HEADER = 30
_OPAQUE = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
# What runs when opened, and documents that carry macros.
_RUNS = {
    *("apk", "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "iso", "jar", "js", "jse", "lnk", "msi", "msp"),
    *("ps1", "reg", "scr", "sh", "vb", "vbe", "vbs", "wsf", "docm", "dotm", "xlsm", "xltm", "xlam"),
    *("pptm", "potm", "ppam", "ppsm"),
}
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_FETCHED = re.compile(r"/(attachedTemplate|oleObject|frame|subDocument)[\"']", re.IGNORECASE)


class Suspect(Exception):  # noqa: N818 - says what is wrong with a file, in words for its sender
    """What keeps a file out."""


@dataclass
class _Budget:
    """What all archives inside one another may come to."""

    entries: int = ENTRIES
    unpacked: int = UNPACKED


def look_into(file: IO[bytes], *, main_part: str = "") -> None:
    """Nothing, or Suspect. With `main_part` the archive must be an office document of that kind, without macros."""
    _look(file, main_part, _Budget(), 0)


def _look(file: IO[bytes], main_part: str, budget: _Budget, depth: int) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _sizes(archive, budget)
            if main_part:
                _office(archive, main_part)
            _entries(archive, budget, depth, is_office=bool(main_part))
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise Suspect(_("The archive is damaged.")) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise Suspect(_("The archive is damaged.")) from None
        raise


def _sizes(archive: zipfile.ZipFile, budget: _Budget) -> None:
    """By the directory alone: places, number, size, ratio, names."""
    infos = archive.infolist()
    budget.entries -= len(infos)
    budget.unpacked -= sum(one.file_size for one in infos)
    if budget.entries < 0 or budget.unpacked < 0:
        raise Suspect(
            _("The archive unpacks to more than is accepted: at most %(count)d files and %(size)d MB.")
            % {"count": ENTRIES, "size": UNPACKED // 1024 // 1024}
        )
    packed = sum(one.compress_size for one in infos)
    unpacked = sum(one.file_size for one in infos)
    if unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1):
        raise Suspect(_("The archive unpacks to many times its size; it looks like an archive bomb."))
    if len(archive.comment) > 1024 or (infos and min(one.header_offset for one in infos) != 0):
        raise Suspect(_("The file is an archive and something else at once."))
    end = 0
    for one in sorted(infos, key=lambda info: info.header_offset):
        if one.header_offset < end:
            raise Suspect(_("Entries of the archive overlap; it looks like an archive bomb."))
        end = one.header_offset + _LOCAL_HEADER + one.compress_size
    if len({one.filename for one in infos}) != len(infos):
        raise Suspect(_("Two entries of the archive have the same name."))
    for one in infos:
        _name(one)


def _name(one: zipfile.ZipInfo) -> None:
    name = one.orig_filename
    shown = _shown(name)
    if one.flag_bits & 0x1:
        raise Suspect(_("“%(name)s” in the archive is encrypted, so nobody can look into it.") % shown)
    parts = re.split(r"[/\\]", name)
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", name) or "\x00" in name:
        raise Suspect(_("“%(name)s” in the archive leads out of its folder.") % shown)
    if stat.S_ISLNK(one.external_attr >> 16):
        raise Suspect(_("“%(name)s” in the archive is a link.") % shown)
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Suspect(_("“%(name)s” is packed in a way that is not accepted.") % shown)
    if names.extension(name) in _RUNS:
        raise Suspect(_("“%(name)s” in the archive is a program or carries macros.") % shown)


def _shown(name: str) -> dict[str, str]:
    return {"name": names.clean(name)[:80] or "?"}


def _entries(archive: zipfile.ZipFile, budget: _Budget, depth: int, *, is_office: bool) -> None:
    """By their content: archives inside the archive, and what an XML part of a document would fetch."""
    for one in archive.infolist():
        if one.is_dir():
            continue
        with archive.open(one) as entry:
            head = entry.read(8)
        if head.startswith(b"PK\x03\x04"):
            if depth + 1 > DEPTH:
                raise Suspect(_("Archives lie inside archives more than %d deep.") % DEPTH)
            _look(io.BytesIO(archive.read(one)), "", budget, depth + 1)
        elif head.startswith(_OPAQUE) and not is_office:
            raise Suspect(
                _("“%(name)s” in the archive is packed in a way that is not accepted.")
                % {"name": names.clean(one.filename)[:80]}
            )
        elif head.startswith((b"MZ", b"\x7fELF")):
            raise Suspect(
                _("“%(name)s” in the archive is a program or carries macros.")
                % {"name": names.clean(one.filename)[:80]}
            )
        if is_office and one.filename.lower().endswith((".xml", ".rels", ".vml")):
            _xml(archive, one)


def _office(archive: zipfile.ZipFile, main_part: str) -> None:
    held = {one.filename: one for one in archive.infolist()}
    types = held.get("[Content_Types].xml")
    if types is None or types.file_size > 1024 * 1024:
        raise Suspect(_("The archive is not an office document."))
    said = _text(archive.read(types))
    if "macroenabled" in said.lower() or any(
        one.lower().endswith("vbaproject.bin") or "/activex/" in one.lower() for one in held
    ):
        raise Suspect(_("The document carries macros; save it without them."))
    if main_part not in said:
        raise Suspect(_("The document is of another kind than its name says."))


def _xml(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> None:
    for piece in _pieces(archive, one):
        if "<!DOCTYPE" in piece.upper() or "<!ENTITY" in piece.upper():
            raise Suspect(_("The document defines entities of its own, which is not accepted."))
        if one.filename.lower().endswith(".rels"):
            for relation in _RELATION.findall(piece):
                if re.search(r"TargetMode\s*=\s*[\"']External", relation, re.IGNORECASE) and _FETCHED.search(relation):
                    raise Suspect(_("The document fetches parts of itself from elsewhere, which is not accepted."))


def _pieces(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterator[str]:
    """The text in pieces that overlap, so that nothing hides between two; relations come whole."""
    size = 4 * 1024 * 1024 if one.filename.lower().endswith(".rels") else 256 * 1024
    with archive.open(one) as entry:
        kept, first = b"", True
        while piece := entry.read(size):
            if first and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
                yield _text(piece + entry.read())
                return
            first = False
            yield _text(kept + piece)
            kept = piece[-64:]


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    return content.replace(b"\x00", b"").decode("utf-8", errors="replace")
