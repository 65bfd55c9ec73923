"""Looking at what came: its bytes decide what it is, and must agree with its name."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from typing import IO

import puremagic
from django.utils.translation import gettext as _

from core.files import archives
from core.files.archives import Suspect
from core.files.kinds import KINDS, Kind

PIXELS = 100_000_000
_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|script|iframe|svg|\?php)", re.IGNORECASE)
_JSON_DEPTH = 200


def look_at(file: IO[bytes], extension: str) -> None:
    """Nothing, or Suspect with what is wrong, in words for the sender."""
    kind = KINDS[extension]
    head = _at(file, 0, 4096)
    if kind.begins and not head.startswith(kind.begins):
        raise _mismatch(head, extension)
    match kind.made_of:
        case "text":
            _text(file, head, extension)
        case "json":
            _text(file, head, extension)
            _json(file)
        case "zip" | "office":
            file.seek(0)
            archives.look_into(file, main_part=kind.main_part)
        case _:
            _one_thing_only(file, kind)


def found_words(head: bytes) -> str:
    """What the bytes look like, in a word; empty when nobody knows."""
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    best = next((one for one in matches if one.extension), None)
    return best.extension if best else ""


def _mismatch(head: bytes, extension: str) -> Suspect:
    found = found_words(head)
    if found and found.strip(".") != extension:
        return Suspect(
            _(
                "The content of this file is not what its name says: the name ends in .%(said)s, the content looks like %(found)s."
            )
            % {"said": extension, "found": found}
        )
    return Suspect(_("The content of this file is not what its name says (.%s).") % extension)


def _at(file: IO[bytes], place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _size(file: IO[bytes]) -> int:
    return file.seek(0, 2)


def _one_thing_only(file: IO[bytes], kind: Kind) -> None:
    """Pictures and PDFs: whole, not too large, and nothing else behind or inside them."""
    if kind.made_of == "png":
        end = _png(file)
    elif kind.made_of == "jpeg":
        end = _jpeg(file)
    else:
        end = _pdf(file)
    tail = _at(file, end, 1024 * 1024)
    if _opens_as_archive(file):
        raise Suspect(_("The file is an archive and something else at once."))
    if tail.startswith((b"%PDF", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf")) or _PAGE.search(tail):
        raise Suspect(_("Something else is hidden behind the end of this file."))


def _opens_as_archive(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        return False


def _png(file: IO[bytes]) -> int:
    place, size = 8, _size(file)
    while place + 12 <= size:
        length, name = struct.unpack(">I4s", _at(file, place, 8))
        if place == 8:
            if name != b"IHDR" or length != 13:
                break
            _pixels(*struct.unpack(">II", _at(file, 16, 8)))
        place += 12 + int(length)
        if name == b"IEND":
            return place
    raise Suspect(_("The picture is damaged."))


def _jpeg(file: IO[bytes]) -> int:
    """Up to the start of the picture's data; what cameras add behind its end is looked at by the caller."""
    place, size, is_measured = 2, _size(file), False
    while place + 4 <= size:
        mark = _at(file, place, 4)
        if mark[0] != 0xFF:
            break
        code, length = mark[1], struct.unpack(">H", mark[2:])[0]
        if code == 0xFF:  # a filling byte
            place += 1
            continue
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", _at(file, place + 5, 4).ljust(4, b"\0"))
            _pixels(width, height)
            is_measured = True
        if code == 0xDA:
            if not is_measured:
                break
            end = _last(file, b"\xff\xd9")
            if end < 0:
                break
            return end + 2
        place += 2 + length
    raise Suspect(_("The picture is damaged."))


def _pdf(file: IO[bytes]) -> int:
    end = _last(file, b"%%EOF")
    if end < 0:
        raise Suspect(_("The PDF is damaged: it has no end."))
    return end + 5


def _last(file: IO[bytes], mark: bytes) -> int:
    """The place of the last mark in the last megabyte, or −1."""
    start = max(0, _size(file) - 1024 * 1024)
    found = _at(file, start, 1024 * 1024).rfind(mark)
    return -1 if found < 0 else start + found


def _pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Suspect(_("The picture is damaged."))
    if width * height > PIXELS:
        raise Suspect(
            _("The picture has %(count)d million pixels; at most %(limit)d are accepted.")
            % {"count": width * height // 1_000_000, "limit": PIXELS // 1_000_000}
        )


def _text(file: IO[bytes], head: bytes, extension: str) -> None:
    """Readable text in an encoding we know, and not a page that a browser would run."""
    if _PAGE.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise _mismatch(head, extension)
    file.seek(0)
    content = file.read()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        wide = _decoded(content, ("utf-16",))
        if wide is not None and not _is_binary(wide):
            return
        raise _mismatch(head, extension)
    text = _decoded(content, ("utf-8-sig", "gb18030"))
    if text is None or _is_binary(text):
        raise (
            _mismatch(head, extension)
            if found_words(head)
            else Suspect(_("The content of this file is not readable text."))
        )


def _decoded(content: bytes, encodings: tuple[str, ...]) -> str | None:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_binary(text: str) -> bool:
    return any(one in text for one in "\x00\x01\x02\x03\x04\x05\x06\x0e\x0f\x10\x11\x12\x13\x14")


def _json(file: IO[bytes]) -> None:
    file.seek(0)
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
        deepest = depth = 0
        for one in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
            depth += (one in "[{") - (one in "]}") if len(one) == 1 else 0
            deepest = max(deepest, depth)
        if deepest > _JSON_DEPTH:
            raise Suspect(_("The JSON is nested more than %d deep.") % _JSON_DEPTH)
        json.loads(text)
    except (ValueError, RecursionError):
        raise Suspect(_("The content of this file is not JSON in UTF-8.")) from None
