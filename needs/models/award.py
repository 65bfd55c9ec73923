"""Awards with their two signatures, and the feedback every bidder receives."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.indicators.models import Specification
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.states.award import AwardState


class Award(VersionedModel):
    """That a bid gets the challenge for an amount; it needs two people, and any change voids what was signed."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="awards")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    rank = models.PositiveSmallIntegerField()
    total = models.DecimalField(max_digits=6, decimal_places=2)
    amount = MoneyField(verbose_name=_("Amount"))
    state = models.CharField(max_length=20, choices=AwardState.choices, default=AwardState.PROPOSED)
    reason = models.TextField(_("Reasons"), blank=True)
    exception_reason = models.TextField(_("Why the order is broken"), blank=True)
    breaks_order = models.BooleanField(default=False)
    ranking = models.JSONField(default=list)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", AwardState, "award_state_known"),
            models.UniqueConstraint(
                fields=["bid"], condition=Q(state__in=["proposed", "signed"]), name="award_live_once_per_bid"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_amount_positive"),
            models.CheckConstraint(
                condition=Q(breaks_order=False) | ~Q(exception_reason=""), name="award_broken_order_explained"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("proposed_by")), name="award_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="award_signed_has_second",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.code} → {self.bid.bidder}"


class AwardSignature(UuidModel):
    """One signature under exactly these words; `voided_at` when the award changed afterwards."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "person"], condition=Q(voided_at__isnull=True), name="award_signature_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.award}"


class AwardPayer(UuidModel):
    """What a payer of the challenge gives to this award, fixed with its second signature, to the fen."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="payers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["award", "organisation"], name="award_payer_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="award_payer_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.amount}"


class Feedback(UuidModel):
    """What a bidder learns: own marks, own rank, words, and a remark per indicator; readable from `released_at` on.

    Where the challenge states a clock, `due_at` is when the words must stand, and `completed_at` when they did.
    """

    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="feedback")
    text = models.TextField()
    marks = models.JSONField(default=list)
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    of = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=20, blank=True)
    written_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.bid)


class FeedbackRemark(UuidModel):
    """Words for one indicator of a bid."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="remarks")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Remark"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "specification"], name="feedback_remark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feedback} · {self.specification}"
