"""Taking a file in: hostile until its name, size and content have been looked at."""

from __future__ import annotations

import hashlib
import logging
import uuid
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.accounts.actor import Actor
from core.errors import Invalid, WrongState
from core.files import inspection, names, quota, scanning
from core.files.archives import Suspect
from core.files.kinds import ATTACHMENT, EVIDENCE, KINDS, MB, SHEET, STATEMENT, Purpose
from core.files.models import StoredFile
from core.files.states import SCAN, ScanState
from core.files.uploads import Cut

log = logging.getLogger(__name__)

__all__ = [
    "ATTACHMENT",
    "EVIDENCE",
    "SHEET",
    "STATEMENT",
    "Purpose",
    "accept",
    "refuse_unsafe",
    "scan_now",
    "store",
]


def store(actor: Actor, upload: UploadedFile[Any], *, purpose: Purpose = ATTACHMENT, field: str = "file") -> StoredFile:
    """Keep an upload and return its row; raises Invalid beside `field` with what is wrong and what is accepted."""
    name = accept(upload, purpose=purpose, field=field)
    quota.refuse_beyond(actor, upload.size or 0, field=field)
    digest = _digest(upload)
    if StoredFile.objects.filter(sha256=digest, scan_state=ScanState.INFECTED).exists():
        raise Invalid(_("A virus was found in this very file before."), field=field, code="file_infected")
    row = StoredFile.objects.create(
        name=name,
        size=upload.size or 0,
        content_type=KINDS[names.extension(name)].content_type,
        sha256=digest,
        path=_kept(upload, digest),
        organisation=actor.organisation,
        uploaded_by=actor.person,
        scan_state=ScanState.WAITING if scanning.is_set() else ScanState.UNSCANNED,
    )
    if row.scan_state == ScanState.WAITING:
        transaction.on_commit(partial(_hint, row.pk), robust=True)
    return row


def accept(upload: UploadedFile[Any], *, purpose: Purpose, field: str) -> str:
    """The cleaned name of an upload that may come in; else Invalid beside the field. Nothing is kept."""
    name = names.clean(upload.name or "")
    extension = names.extension(name)
    if extension not in purpose.extensions:
        raise Invalid(
            _("Files of this kind are not accepted; please send one of: %s.") % purpose.words, field=field,
            code="file_kind",
        )  # fmt: skip
    if not upload.size:
        raise Invalid(_("The file is empty."), field=field)
    if isinstance(upload, Cut) and upload.is_over_total:
        raise Invalid(
            _("The files sent together are larger than is accepted; send fewer at once."), field=field,
            code="file_too_large",
        )  # fmt: skip
    if upload.size > purpose.limit or isinstance(upload, Cut):
        raise Invalid(_("The file is larger than %d MB.") % (purpose.limit // MB), field=field, code="file_too_large")
    try:
        inspection.look_at(upload.file or upload, extension)
    except Suspect as wrong:
        raise Invalid(str(wrong), field=field, code="file_refused") from None
    finally:
        upload.seek(0)
    return name


def refuse_unsafe(stored: StoredFile) -> None:
    """Nothing, or WrongState where the file waits for its scan or must not be handed out."""
    if stored.is_served:
        return
    said = {
        ScanState.WAITING: _("This file is being scanned for viruses; please try again in a minute."),
        ScanState.FAILED: _("The virus scan of this file failed and is tried again; the operator has been told."),
        ScanState.INFECTED: _("A virus was found in this file; it is not handed out. Ask its sender for a clean one."),
    }[ScanState(stored.scan_state)]
    raise WrongState(said, code=f"file_{stored.scan_state}")


def scan_now(file_id: uuid.UUID) -> StoredFile | None:
    """Ask the scanner about one file and keep its verdict; gives the row when the verdict is news, else nothing."""
    row = StoredFile.objects.filter(pk=file_id).exclude(scan_state=ScanState.INFECTED).first()
    if row is None:
        return None
    threat, move = "", "find_clean"
    try:
        with default_storage.open(row.path) as content:
            threat = scanning.scan(content)
            move = "find_infected" if threat else move
    except (scanning.ScanFailed, OSError) as error:
        log.warning("no verdict on file %s: %s", row.pk, error)
        move = "fail_scan"
    with transaction.atomic():
        row = StoredFile.objects.select_for_update().get(pk=file_id)
        before = row.scan_state
        if before == ScanState.INFECTED:
            return None
        row.scan_state = SCAN.after(before, move)
        row.scanned_at, row.threat = clock.now(), threat[:200]
        row.save(update_fields=["scan_state", "scanned_at", "threat"])
    return row if row.scan_state != before else None


def _digest(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    return digest.hexdigest()


def _kept(upload: UploadedFile[Any], digest: str) -> str:
    """Where the content lies: under its own digest, whatever its name was."""
    path = f"files/{digest[:2]}/{digest}"
    return path if default_storage.exists(path) else default_storage.save(path, File(upload))


def _hint(file_id: uuid.UUID) -> None:
    """A message is only a hint: when the broker is away, the sweep of the next minute scans."""
    from core.files.tasks import scan_file

    try:
        scan_file.apply_async(kwargs={"file_id": str(file_id)}, retry=False)
    except Exception:
        log.warning("no broker; file %s waits for the sweep", file_id)
