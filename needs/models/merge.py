"""Two needs that ask for the same become one, when both owners agree."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states
from needs.models.need import Need
from needs.states.merge import MergeState


class NeedMerge(UuidModel):
    """A proposal to merge one need into another; it is carried out with the last owner's consent (R019)."""

    kept = models.ForeignKey(
        Need, on_delete=models.PROTECT, related_name="merges_kept", verbose_name=_("Need that stays")
    )
    absorbed = models.ForeignKey(
        Need, on_delete=models.PROTECT, related_name="merges_absorbed", verbose_name=_("Need that is merged into it")
    )
    proposer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("Reason"))
    state = models.CharField(_("State"), max_length=20, choices=MergeState.choices, default=MergeState.PROPOSED)
    end_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", MergeState, "need_merge_state_known"),
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="need_merge_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="need_merge_has_reason"),
            models.UniqueConstraint(
                fields=["kept", "absorbed"], condition=Q(state=MergeState.PROPOSED), name="need_merge_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed.code} → {self.kept.code}"


class MergeConsent(UuidModel):
    """That an owner agreed to a merge; signed by a person."""

    merge = models.ForeignKey(NeedMerge, on_delete=models.CASCADE, related_name="consents")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["merge", "organisation"], name="merge_consent_once")]

    def __str__(self) -> str:
        return str(self.organisation)
