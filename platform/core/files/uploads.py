"""Taking an upload from the network: bounded, without losing what else the form holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from core.files.kinds import EVIDENCE


class Cut(UploadedFile):  # type: ignore[type-arg]  # not subscriptable when it runs
    """What is left of a file that was too large: its name and size, and why it was cut."""

    def __init__(self, *, is_over_total: bool, **about: Any) -> None:
        from io import BytesIO

        super().__init__(file=BytesIO(b""), **about)
        self.is_over_total = is_over_total


class BoundedUploadHandler(FileUploadHandler):
    """Stops keeping a file's bytes past the largest size any purpose accepts, or past the total of one request.

    The rest is read and dropped, so that every other field of the form arrives and the refusal stands beside the file.
    Stands first among the handlers: those after it get what it lets through.
    """

    total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_cut = self.is_over_total = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.total += len(raw_data)
        if self.total > settings.UPLOAD_REQUEST_LIMIT:
            self.is_cut = self.is_over_total = True
        if start + len(raw_data) > EVIDENCE.limit:
            self.is_cut = True
        return None if self.is_cut else raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if not self.is_cut:
            return None
        return Cut(
            is_over_total=self.is_over_total,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
