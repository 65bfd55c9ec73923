"""The operators' list of files that the scan keeps back: which, how large, why; not whose, and not what they are called."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed
from core.files import quota, scanning
from core.files.models import StoredFile
from core.files.queries import files_visible_to
from core.files.states import SERVED, ScanState
from core.web import tables
from core.web.display import size_text


class Files(tables.Table):
    columns = [
        tables.Column("pk", _("File"), value=lambda row: str(row.pk)[:8], kind="code", is_primary=True),
        tables.Column("scan_state", _("Virus scan"), kind="badge", sort="scan_state"),
        tables.Column("threat", _("What was found")),
        tables.Column("size", _("Size in bytes"), kind="number", sort="size"),
        tables.Column("content_type", _("Kind"), kind="code", in_page=False),
        tables.Column("created_at", _("Handed in"), kind="datetime", sort="created_at"),
        tables.Column("scanned_at", _("Scanned"), kind="datetime", sort="scanned_at"),
    ]
    filters = [
        tables.Multi(
            "scan_state",
            _("Virus scan"),
            choices=[one for one in ScanState.choices if one[0] not in SERVED],
            facet=True,
        ),
        tables.DateRange("sent", _("Handed in"), lookup="created_at", is_moment=True),
    ]
    search = ["threat"]
    default_sort = "-created_at"
    file_name = "files"
    empty = tables.Empty(
        _("No file is kept back"), _("What the virus scan has not let through stands here."), icon="files"
    )


def list_files(request: HttpRequest) -> HttpResponse:
    """What the scan keeps back, for the platform's admins; whose it is, its sender is told."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    if not actor.is_platform_admin:
        raise NotAllowed(_("Only the platform's admins see which files are kept back."))
    return tables.render(
        request,
        Files(files_visible_to(actor)),
        title=_("Files kept back"),
        intro=f"{_scanner_words()} {_quota_words()}",
    )


def _quota_words() -> str:
    """How much is given, and who has nearly used it up; who has room is not told, as a list of what comes in is not."""
    given = settings.FILE_QUOTA
    if not given:
        return _t("No quota is set (FILE_QUOTA_MB).")
    told = _t("Each organisation may store %(size)s (FILE_QUOTA_MB).") % {"size": size_text(given)}
    full = ", ".join(f"{one.name} {share}%" for one, share in quota.nearly_full()[:20])
    return f"{told} {_t('Nearly full: %(who)s.') % {'who': full}}" if full else told


def _scanner_words() -> str:
    if not scanning.is_set():
        return _t("No virus scanner is set (FILE_SCANNER): files are checked for their kind and handed out unscanned.")
    waiting = StoredFile.objects.filter(scan_state__in=[ScanState.WAITING, ScanState.FAILED]).count()
    return _t("Every upload is scanned (%(way)s); %(count)d wait for a verdict and are not handed out.") % {
        "way": scanning.words(), "count": waiting,
    }  # fmt: skip
