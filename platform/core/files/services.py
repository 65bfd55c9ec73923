"""Taking a file in: hostile until its name, size and content have been looked at."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.errors import Invalid
from core.files.models import StoredFile

LIMIT = 25 * 1024 * 1024
_ZIP_LIMIT = 200 * 1024 * 1024

# Extension → (content type, how its bytes begin). Text kinds must be readable text.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    "zip": ("application/zip", (b"PK\x03\x04",)),
    "csv": ("text/csv; charset=utf-8", ()),
    "txt": ("text/plain; charset=utf-8", ()),
    "md": ("text/plain; charset=utf-8", ()),
    "json": ("application/json", ()),
}


def store(actor: Actor, upload: UploadedFile[Any], *, field: str = "file") -> StoredFile:
    """Keep an upload and return its row; raises Invalid beside `field` with what is wrong and what is accepted."""
    name = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069/\\]+", "_", PurePosixPath(upload.name or "").name).strip(
        ". "
    )[:200]
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in KINDS:
        raise Invalid(
            _("Files of this kind are not accepted; please send one of: %s.") % ", ".join(sorted(KINDS)), field=field
        )
    if not upload.size:
        raise Invalid(_("The file is empty."), field=field)
    if upload.size > LIMIT:
        raise Invalid(_("The file is larger than %d MB.") % (LIMIT // 1024 // 1024), field=field)
    content = upload.read()
    _look_inside(content, extension, field)
    digest = hashlib.sha256(content).hexdigest()
    path = f"files/{digest[:2]}/{digest}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(content))
    return StoredFile.objects.create(
        name=name,
        size=len(content),
        content_type=KINDS[extension][0],
        sha256=digest,
        path=path,
        organisation=actor.organisation,
        uploaded_by=actor.person,
    )


def _look_inside(content: bytes, extension: str, field: str) -> None:
    """Refuse content that is not what its name says, and archives that would burst."""
    begins = KINDS[extension][1]
    if begins and not content.startswith(begins):
        raise Invalid(_("The content of this file is not what its name says (.%s).") % extension, field=field)
    if not begins:
        for encoding in ("utf-8", "gb18030"):
            try:
                content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise Invalid(_("The content of this file is not readable text."), field=field)
    if begins == (b"PK\x03\x04",):
        _look_into_archive(content, field)


def _look_into_archive(content: bytes, field: str) -> None:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _ZIP_LIMIT or len(archive.infolist()) > 5000:
                raise Invalid(_("The archive unpacks to more than is accepted."), field=field)
    except zipfile.BadZipFile:
        raise Invalid(_("The archive is damaged."), field=field) from None
