"""That a need and an organisation that may serve it have found each other (R001)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import VersionedModel, known_states
from needs.models.need import Need
from needs.states.pairing import PairingState


class Pairing(VersionedModel):
    """A match proposed by one side and accepted by the other; from then on neither is an island."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("Need"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("Organisation")
    )
    proposed_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("Why they fit"), blank=True)
    state = models.CharField(_("State"), max_length=20, choices=PairingState.choices, default=PairingState.PROPOSED)
    reason = models.TextField(_("Reason"), blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", PairingState, "pairing_state_known"),
            models.UniqueConstraint(
                fields=["need", "organisation"], condition=Q(state__in=["proposed", "accepted"]), name="pairing_alive_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.need.title} · {self.organisation}"
