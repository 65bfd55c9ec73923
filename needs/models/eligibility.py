"""Who may take part: conditions, what a bidder declares, what the formal check finds, and which paper is asked for later."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Person
from core.db import UuidModel, known_states
from core.files.models import StoredFile
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.states.question import SupplementState


class EligibilityCondition(UuidModel):
    """A condition of taking part that every bid answers yes or no."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="conditions")
    text = models.CharField(_("Condition"), max_length=300)
    paper = models.CharField(_("Paper that shows it"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "text"], name="eligibility_condition_once"),
            models.CheckConstraint(condition=~Q(text=""), name="eligibility_condition_said"),
        ]

    def __str__(self) -> str:
        return self.text


class BidDeclaration(UuidModel):
    """What a bid declares on one condition; a part of the bid, sealed with it."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="declarations")
    condition = models.ForeignKey(EligibilityCondition, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField(_("We fulfil it"))
    note = models.CharField(_("Remark"), max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "condition"], name="bid_declaration_once")]

    def __str__(self) -> str:
        return f"{self.condition}: {self.holds}"


class EligibilityFinding(UuidModel):
    """What the issuer's formal check finds on one condition of one bid."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="findings")
    condition = models.ForeignKey(EligibilityCondition, on_delete=models.PROTECT, related_name="+")
    is_met = models.BooleanField()
    note = models.TextField(blank=True)
    found_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "condition"], name="eligibility_finding_once"),
            models.CheckConstraint(condition=Q(is_met=True) | ~Q(note=""), name="eligibility_unmet_explained"),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.is_met}"


class SupplementRequest(UuidModel):
    """A paper that the formal check asks for until a moment. The bid itself, what was handed in and its receipt, stays."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="supplements")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("What is missing"))
    due_at = models.DateTimeField(_("Until"))
    state = models.CharField(max_length=20, choices=SupplementState.choices, default=SupplementState.ASKED)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("Answer"), blank=True)
    given_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "number"], name="supplement_number_once"),
            known_states("state", SupplementState, "supplement_state_known"),
            # A paper that came late is no supplement: the table itself refuses it.
            models.CheckConstraint(
                condition=~Q(state="given") | Q(given_at__isnull=False, given_at__lt=models.F("due_at")),
                name="supplement_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bid.challenge.code} · {self.number}"


class SupplementFile(UuidModel):
    """A paper handed in later; read only through the bid's own door."""

    supplement = models.ForeignKey(SupplementRequest, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.caption
