"""Jobs that scan what came in."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.queries import platform_admins
from core.command import system_command
from core.files import scanning, services
from core.files.models import StoredFile
from core.files.states import ScanState
from core.inbox import services as inbox

RETRY_AFTER = dt.timedelta(minutes=5)


@shared_task(name="files.scan_file", ignore_result=True)
def scan_file(*, file_id: str) -> None:
    """Scan one file; its sender and the operators are told when something was found."""
    row = services.scan_now(UUID(file_id))
    if row is not None and row.scan_state in (ScanState.INFECTED, ScanState.FAILED):
        _tell(row)


@shared_task(name="files.scan_waiting", ignore_result=True)
def scan_waiting() -> int:
    """Scan what a lost message forgot, and try again what failed a while ago."""
    if not scanning.is_set():
        return 0
    now = clock.now()
    due = StoredFile.objects.filter(
        Q(scan_state=ScanState.WAITING, created_at__lte=now - dt.timedelta(seconds=30))
        | Q(scan_state=ScanState.FAILED, scanned_at__lte=now - RETRY_AFTER)
    )
    found = list(due.order_by("created_at").values_list("pk", flat=True)[:200])
    for pk in found:
        scan_file(file_id=str(pk))
    return len(found)


def _tell(row: StoredFile) -> None:
    with system_command("files.scan_file") as actor:
        book.record(actor, "scan_file", row, after={"scan": row.scan_state, "threat": row.threat})
        sender = [row.uploaded_by] if row.uploaded_by is not None else []
        if row.scan_state == ScanState.INFECTED:
            inbox.notify(
                kind="file_infected",
                title=gettext_noop("A virus was found in “%(file)s” (%(threat)s); nobody can open it"),
                params={"file": row.name, "threat": row.threat}, to=sender, obj=row, key=f"file_infected:{row.pk}",
            )  # fmt: skip
            inbox.notify(  # not whose, and not its name: it may be part of a sealed bid
                kind="file_infected",
                title=gettext_noop("A virus was found in an uploaded file (%(threat)s); nobody can open it, its sender is told"),
                params={"threat": row.threat}, to=list(platform_admins()), obj=row, key=f"file_infected:{row.pk}:operators",
            )  # fmt: skip
        else:
            inbox.notify(
                kind="file_scan_failed",
                title=gettext_noop("The virus scan of an uploaded file failed; it is tried again"),
                params={}, to=list(platform_admins()), obj=row, key=f"file_scan_failed:{row.pk}",
            )  # fmt: skip
