"""Bids (揭榜): what an organisation commits to. Sealed until the deadline; see `needs.queries.bids_visible_to`."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from chains.models import Machine
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.files.models import StoredFile
from core.indicators.models import Specification, quantity
from needs.models.challenge import Challenge
from needs.states.bid import BidState
from needs.states.challenge import Stage


class Bid(VersionedModel):
    """The one bid of an organisation for a challenge. Never counted, listed or named to others before the deadline."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="bids")
    bidder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    state = models.CharField(max_length=20, choices=BidState.choices, default=BidState.DRAFT)
    team = models.TextField(_("Team"), blank=True)
    plan = models.TextField(_("Plan"), blank=True)
    months = models.PositiveSmallIntegerField(_("Duration in months"), null=True, blank=True)
    trl_from = models.PositiveSmallIntegerField(_("TRL at the start"), null=True, blank=True)
    trl_to = models.PositiveSmallIntegerField(_("TRL at the end"), null=True, blank=True)
    accepts_terms = models.BooleanField(_("We accept the IP terms of this challenge"), default=False)
    contact = models.CharField(_("Contact"), max_length=120, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    receipt_hash = models.CharField(max_length=64, blank=True)
    exclusion_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["submitted_at", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "bidder"], name="bid_once_per_organisation"),
            known_states("state", BidState, "bid_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | (Q(submitted_at__isnull=False) & ~Q(receipt_hash="") & Q(accepts_terms=True)),
                name="bid_submitted_has_receipt",
            ),
            models.CheckConstraint(
                condition=(Q(trl_from__isnull=True) | Q(trl_from__range=(1, 9)))
                & (Q(trl_to__isnull=True) | Q(trl_to__range=(1, 9))),
                name="bid_trl_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.code} · {self.shown_bidder}"

    @property
    def is_withheld(self) -> bool:
        """Whether the reader must not learn who bids (`needs.queries.anonymity`).

        A bid that was not read through the visible query belongs to nobody's own; then the challenge is asked.
        """
        if hasattr(self, "is_nameless"):
            return bool(self.is_nameless)
        return self.challenge.anonymous_bidders and not self.challenge.awards.exists()

    @property
    def shown_bidder(self) -> str:
        """The bidder's name, or "Bidder n" where the reader must not learn it."""
        if self.is_withheld:
            number = getattr(self, "alias_number", 0)
            return _now("Bidder %(number)s") % {"number": number or "?"}
        return self.bidder.name


class Commitment(UuidModel):
    """What the bidder promises for one indicator; no row, or an empty one, is "not committed", never a pass."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="commitments")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    value = quantity()
    low = quantity()
    high = quantity()
    level = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "specification"], name="commitment_once"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")), name="commitment_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.specification}: {self.value if self.value is not None else self.level}"

    @property
    def is_given(self) -> bool:
        """Whether anything is promised."""
        return self.value is not None or self.low is not None or self.high is not None or bool(self.level)


class BidBudget(UuidModel):
    """The money a bid asks for one stage."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="budgets")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    amount = MoneyField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "stage"], name="bid_budget_stage_once"),
            known_states("stage", Stage, "bid_budget_stage_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="bid_budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.amount}"


class BidMachine(UuidModel):
    """A machine the bid's solution must run on: one of the park, or in words."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="machines")
    machine = models.ForeignKey(Machine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(machine__isnull=False) | ~Q(text=""), name="bid_machine_named")
        ]

    def __str__(self) -> str:
        return self.text or str(self.machine)

    @property
    def tells_bidder(self) -> bool:
        """Whether the machine's own page would tell the bidder's name to a reader who must not learn it."""
        return self.machine is not None and self.machine.organisation_id == self.bid.bidder_id and self.bid.is_withheld

    @property
    def shown(self) -> str:
        """The machine as the reader of the bid may see it."""
        return self.text or _now("a machine of the bidder") if self.tells_bidder else str(self)


class BidFile(UuidModel):
    """A file of a bid; read only through the bid's own door."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.file.name


class BidSubmission(UuidModel):
    """What was handed in, as the bytes that were hashed for the receipt; rows are only ever added."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    deadline_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "number"], name="bid_submission_number_once"),
            # The deadline that was in force stands beside the moment, so that the database itself refuses a late bid.
            models.CheckConstraint(condition=Q(submitted_at__lt=F("deadline_at")), name="bid_submission_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.bid} #{self.number}"
