"""One file as an answer that no browser will run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from core.files import services
from core.files.models import StoredFile

_CHUNK = 64 * 1024
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def respond(stored: StoredFile, request: HttpRequest | None = None) -> HttpResponseBase:
    """The file as a download, or the part of it that was asked for. Refused while its scan has not found it clean."""
    services.refuse_unsafe(stored)
    part = _part(stored, request)
    answer: HttpResponseBase
    if part is None:
        answer = HttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{stored.size}"
        return answer
    first, last = part
    answer = StreamingHttpResponse(_bytes(stored, first, last), content_type=_content_type(stored))
    answer.headers["Content-Length"] = str(last - first + 1)
    if (first, last) != (0, stored.size - 1):
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = f'"{stored.sha256}"'
    answer.headers["Content-Disposition"] = disposition(stored.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def disposition(name: str) -> str:
    """`attachment` with the name in UTF-8, and in plain letters for programs that know nothing else."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _content_type(stored: StoredFile) -> str:
    # Text keeps the encoding it came in, which nobody says; a browser that saves it need not know.
    return stored.content_type.partition(";")[0]


def _part(stored: StoredFile, request: HttpRequest | None) -> tuple[int, int] | None:
    """First and last byte asked for; the whole where nothing sensible was; None where it lies outside the file."""
    whole = (0, stored.size - 1)
    asked = _RANGE.match(request.headers.get("Range", "")) if request is not None else None
    if request is None or asked is None or asked[0] == "bytes=-":
        return whole
    if request.headers.get("If-Range", f'"{stored.sha256}"') != f'"{stored.sha256}"':
        return whole
    start, end = asked.groups()
    if not start:
        return (max(0, stored.size - int(end)), stored.size - 1) if int(end) else None
    first, last = int(start), min(int(end), stored.size - 1) if end else stored.size - 1
    return (first, last) if first <= last else None


def _bytes(stored: StoredFile, first: int, last: int) -> Iterator[bytes]:
    content: IO[bytes]
    with default_storage.open(stored.path) as content:
        content.seek(first)
        left = last - first + 1
        while left > 0 and (piece := content.read(min(_CHUNK, left))):
            left -= len(piece)
            yield piece
