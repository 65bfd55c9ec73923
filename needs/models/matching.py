"""What people decided about matches: which they dismissed, and whom they invited to solve a need (R121)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states
from needs.models.need import Need
from needs.states.matching import InvitationState


class Dismissal(UuidModel):
    """That an organisation does not want to see a match again, and why; taken back, it shows again.

    The subject is what is matched (a need), the object what was found for it (a result, a capability, a machine …).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    reason = models.CharField(_("Reason"), max_length=500)
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_id", "object_id"], condition=Q(restored_at__isnull=True), name="dismissal_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dismissal_has_reason"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reason


class SolverInvitation(UuidModel):
    """That the owner of a need invited an organisation to solve it, and the answer."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="solver_invitations")
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    # What made the owner think of them: a result, a capability, a machine.
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    message = models.TextField(_("Message"), blank=True)
    state = models.CharField(_("State"), max_length=20, choices=InvitationState.choices, default=InvitationState.SENT)
    answer = models.TextField(_("Answer"), blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", InvitationState, "solver_invitation_state_known"),
            models.UniqueConstraint(
                fields=["need", "organisation"], condition=~Q(state="withdrawn"), name="solver_invited_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need.code} → {self.organisation}"
