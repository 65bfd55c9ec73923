"""Questions that a party asks about an amount, until that party says they are settled (R088)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.agreement import Statement
from benefits.states import DisputeState
from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states


class Dispute(UuidModel):
    """A party's question about a statement; one at a time per party and statement."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="disputes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("What is wrong"))
    state = models.CharField(max_length=20, choices=DisputeState.choices, default=DisputeState.OPEN)
    outcome = models.TextField(_("How it was settled"), blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "organisation"], condition=Q(state="open"), name="dispute_open_once"
            ),
            known_states("state", DisputeState, "dispute_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.text[:60]}"
