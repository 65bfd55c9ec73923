"""Handing a file out; the caller has asked the object's own rule before."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse

from core.files.models import StoredFile


def respond(stored: StoredFile) -> FileResponse:
    """The file as a download that no browser will run."""
    response = FileResponse(
        default_storage.open(stored.path), as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
