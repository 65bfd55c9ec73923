"""Where a project came from, and when that changed (R007)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Person
from core.db import UuidModel
from needs.models.need import Need
from projects.models.project import Project
from projects.states import Origin


class OriginChange(UuidModel):
    """One change of a project's origin; the first one, from nothing, is its preparation."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="origin_changes")
    before = models.CharField(max_length=20, choices=Origin.choices, blank=True)
    after = models.CharField(_("Origin"), max_length=20, choices=Origin.choices)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["changed_at"]
        indexes = [models.Index(fields=["project", "changed_at"], name="origin_change_project")]
        constraints = [
            models.CheckConstraint(condition=Q(after__in=Origin.values), name="origin_change_known"),
            models.CheckConstraint(condition=Q(before="") | Q(before__in=Origin.values), name="origin_change_before_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_before_display() or '—'} → {self.get_after_display()}"
