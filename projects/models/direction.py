"""That a project changes its direction: from, to, because of which need or cluster, approved by whom (R024)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import VersionedModel, known_states
from needs.models.complaint import Cluster
from needs.models.need import Need
from projects.models.project import Project
from projects.states import DirectionState


class DirectionChange(VersionedModel):
    """A change of direction as it was proposed and decided; the newest approved one says where the project goes."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="direction_changes")
    before = models.TextField(_("From"))
    after = models.TextField(_("To"))
    reason = models.TextField(_("Reason"))
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="direction_changes")
    cluster = models.ForeignKey(
        Cluster, null=True, blank=True, on_delete=models.PROTECT, related_name="direction_changes"
    )
    is_shown = models.BooleanField(_("Shown to those who complained"), default=True)
    state = models.CharField(max_length=20, choices=DirectionState.choices, default=DirectionState.PROPOSED)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("Note of the decision"), blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", DirectionState, "direction_state_known"),
            models.CheckConstraint(
                condition=Q(need__isnull=False) | Q(cluster__isnull=False), name="direction_has_cause"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="direction_decided_by_someone",
            ),
            models.UniqueConstraint(fields=["project"], condition=Q(state="proposed"), name="direction_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.before[:40]} → {self.after[:40]}"
