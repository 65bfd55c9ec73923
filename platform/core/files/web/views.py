"""The operators' list of files: what came in, how large, and what the scan said."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed
from core.files import scanning
from core.files.models import StoredFile
from core.files.queries import files_visible_to
from core.files.states import ScanState
from core.web import tables


class Files(tables.Table):
    columns = [
        tables.Column("name", _("File name"), sort="name", is_primary=True),
        tables.Column("scan_state", _("Virus scan"), kind="badge", sort="scan_state"),
        tables.Column("threat", _("What was found")),
        tables.Column("size", _("Size in bytes"), kind="number", sort="size"),
        tables.Column("content_type", _("Kind"), kind="code", in_page=False),
        tables.Column("sha256", "SHA-256", kind="code"),
        tables.Column("organisation", _("Organisation"), value="organisation.name", sort="organisation__name"),
        tables.Column("uploaded_by", _("Sent by"), value="uploaded_by.name", sort="uploaded_by__name"),
        tables.Column("created_at", _("Handed in"), kind="datetime", sort="created_at"),
        tables.Column("scanned_at", _("Scanned"), kind="datetime", sort="scanned_at"),
    ]
    filters = [
        tables.Multi("scan_state", _("Virus scan"), choices=ScanState.choices, facet=True),
        tables.DateRange("sent", _("Handed in"), lookup="created_at", is_moment=True),
    ]
    search = ["name", "sha256", "threat", "organisation__name"]
    default_sort = "-created_at"
    file_name = "files"
    empty = tables.Empty(_("No file yet"), _("Every file that people upload stands here with its scan."), icon="files")


def list_files(request: HttpRequest) -> HttpResponse:
    """All files' names and scans, for the platform's admins; their content stays with the objects they belong to."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    if not actor.is_platform_admin:
        raise NotAllowed(_("Only the platform's admins see the list of all files."))
    rows = files_visible_to(actor).select_related("organisation", "uploaded_by")
    return tables.render(request, Files(rows), title=_("Uploaded files"), intro=_scanner_words())


def _scanner_words() -> str:
    if not scanning.is_set():
        return _t("No virus scanner is set (FILE_SCANNER): files are checked for their kind and handed out unscanned.")
    waiting = StoredFile.objects.filter(scan_state__in=[ScanState.WAITING, ScanState.FAILED]).count()
    return _t("Every upload is scanned (%(way)s); %(count)d wait for a verdict and are not handed out.") % {
        "way": scanning.words(), "count": waiting,
    }  # fmt: skip
