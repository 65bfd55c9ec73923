"""Research that is done twice: which undertakings resemble each other, and what their owners agree on (R106)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from needs.states.duplicate import Consent, JointKind, JointState


class SimilarPair(UuidModel):
    """Two undertakings that ask for the same. Nobody reads a row of it: what one may know of it is asked of the queries."""

    one_type = models.CharField(max_length=60)
    one_id = models.UUIDField()
    one_owner = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    other_type = models.CharField(max_length=60)
    other_id = models.UUIDField()
    other_owner = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    chains = ArrayField(models.UUIDField(), default=list)
    score = models.DecimalField(max_digits=5, decimal_places=3)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score"]
        indexes = [
            models.Index(fields=["one_id"], condition=Q(gone_at__isnull=True), name="similar_one"),
            models.Index(fields=["other_id"], condition=Q(gone_at__isnull=True), name="similar_other"),
            GinIndex(fields=["chains"], name="similar_chains"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one_id", "other_id"], name="similar_pair_once"),
            models.CheckConstraint(condition=Q(one_id__lt=F("other_id")), name="similar_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}"


class Compared(UuidModel):
    """What lies around an undertaking: the nearest to it, how crowded it is in words and in meaning, and as of which moment the nightly round compared it.

    `nearest` holds ids of others' undertakings, nearest first, whoever may read them; null where it was not looked yet.
    """

    object_id = models.UUIDField(unique=True)
    crowd = models.FloatField(default=0)
    meant_crowd = models.FloatField(default=0, db_default=0)
    at = models.DateTimeField(null=True, blank=True)
    nearest = ArrayField(models.UUIDField(), null=True, blank=True)

    class Meta:
        indexes = [GinIndex(fields=["nearest"], name="compared_nearest")]

    def __str__(self) -> str:
        return str(self.object_id)


class JointProposal(VersionedModel):
    """A proposal to those who research the same: merge, split or race. Their names show when all have agreed."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+", verbose_name=_("Chain"))
    kind = models.CharField(_("Proposal"), max_length=20, choices=JointKind.choices)
    proposer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("How it would work"))
    state = models.CharField(_("State"), max_length=20, choices=JointState.choices, default=JointState.PROPOSED)
    # Why it was declined or taken back; after an agreement, what was done.
    end_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", JointState, "joint_state_known"),
            known_states("kind", JointKind, "joint_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class JointParty(UuidModel):
    """One undertaking of a proposal: its owner's consent, and the budget that the owner told with it."""

    proposal = models.ForeignKey(JointProposal, on_delete=models.PROTECT, related_name="parties")
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    consent = models.CharField(max_length=20, choices=Consent.choices, default=Consent.WAITING)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    budget = MoneyField(null=True, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "object_id"], name="joint_party_once"),
            known_states("consent", Consent, "joint_consent_known"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
