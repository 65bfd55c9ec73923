"""The one table of uploaded files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import MachineClient, Organisation, Person
from core.db import UuidModel, known_states
from core.files.states import SERVED, ScanState


class StoredFile(UuidModel):
    """A file as it came, addressed by its SHA-256; who may read it is decided by the object that carries it."""

    name = models.CharField(_("File name"), max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    scan_state = models.CharField(
        _("Virus scan"),
        max_length=20,
        choices=ScanState.choices,
        default=ScanState.UNSCANNED,
        db_default=ScanState.UNSCANNED,
    )
    scanned_at = models.DateTimeField(null=True, blank=True)
    threat = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [known_states("scan_state", ScanState, "file_scan_state_known")]
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(scan_state__in=["waiting", "failed"]), name="file_to_scan"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_served(self) -> bool:
        """Whether the file is handed out: it is clean, or nobody scans here."""
        return self.scan_state in SERVED


class ImportDraft(UuidModel):
    """Rows that somebody sent and has not confirmed yet, or has: only who began it sees it."""

    kind = models.CharField(max_length=60)
    target_id = models.UUIDField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(MachineClient, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    row_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.file}"
