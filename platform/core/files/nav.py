"""The list of files in the navigation of the platform's admins, and how a scan looks."""

from django.utils.translation import gettext_lazy as _

from core.files.models import StoredFile
from core.files.states import ScanState
from core.web import badges, nav

badges.register(
    ScanState,
    {
        ScanState.UNSCANNED: "none",
        ScanState.WAITING: "info",
        ScanState.CLEAN: "ok",
        ScanState.INFECTED: "bad",
        ScanState.FAILED: "warn",
    },
)
nav.register(
    section=nav.OVERSIGHT,
    label=_("Uploaded files"),
    icon="files",
    url_name="files:list",
    order=60,
    shows=lambda actor: actor.is_platform_admin,
    count=lambda actor: StoredFile.objects.filter(scan_state__in=["infected", "failed"]).count() or None,
)
