"""The collaborative risk fund: parties, calls, payments, claims (R083 to R085)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.states import CallState, ClaimKind, ClaimState, EvidenceKind, PartyState
from chains.models import Chain
from core import clock
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.files.models import StoredFile


class RiskFund(VersionedModel):
    """A fund of several parties; its cash sits in a named supervised account outside the platform."""

    chain = models.ForeignKey(
        Chain, null=True, blank=True, on_delete=models.PROTECT, related_name="funds", verbose_name=_("Chain")
    )
    name = models.CharField(_("Name"), max_length=120)
    manager = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="funds_managed", verbose_name=_("Manager")
    )
    supervised_account = models.CharField(_("Supervised account"), max_length=200)
    target = MoneyField(verbose_name=_("Target size"))
    rate_percent = models.DecimalField(_("Share of the loss that is paid, in percent"), max_digits=5, decimal_places=2)
    claim_cap = MoneyField(verbose_name=_("Cap per claim"))
    party_cap = MoneyField(verbose_name=_("Cap per party"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(target__gt=0), name="fund_target_positive"),
            models.CheckConstraint(condition=Q(rate_percent__gt=0, rate_percent__lte=100), name="fund_rate_percent"),
            models.CheckConstraint(condition=Q(claim_cap__gt=0), name="fund_cap_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class FundParty(UuidModel):
    """Who pays in, at which ratio, who agreed to it, and whether it goes on after a claim."""

    fund = models.ForeignKey(RiskFund, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="fund_parties")
    percent = models.DecimalField(_("Percent"), max_digits=7, decimal_places=4)
    # The database's own default is for code that did not ask yet: what it wrote counted as agreed.
    state = models.CharField(
        max_length=20, choices=PartyState.choices, default=PartyState.ASKED, db_default=PartyState.AGREED
    )
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_note = models.CharField(max_length=1000, blank=True, db_default="")
    continues = models.BooleanField(_("Takes part"), default=True)
    continuation_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-percent", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "organisation"], name="fund_party_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="fund_party_percent"),
            known_states("state", PartyState, "fund_party_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class FundCall(UuidModel):
    """A call for money from all parties by their ratios."""

    fund = models.ForeignKey(RiskFund, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField()
    amount = MoneyField()
    due_on = models.DateField(_("Due on"))
    called_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["fund", "number"], name="fund_call_once")]

    def __str__(self) -> str:
        return f"{self.fund} · {self.number}"


class FundCallLine(UuidModel):
    """One party's part of a call; late when unpaid past its day."""

    call = models.ForeignKey(FundCall, on_delete=models.PROTECT, related_name="lines")
    party = models.ForeignKey(FundParty, on_delete=models.PROTECT, related_name="call_lines")
    amount = MoneyField()
    state = models.CharField(max_length=20, choices=CallState.choices, default=CallState.DUE)
    paid_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(_("Bank reference"), max_length=200, blank=True)

    class Meta:
        ordering = ["call", "-amount"]
        constraints = [
            models.UniqueConstraint(fields=["call", "party"], name="fund_call_line_once"),
            known_states("state", CallState, "fund_call_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.party} · {self.amount}"

    @property
    def is_overdue(self) -> bool:
        """Unpaid past its day, whether or not the clock's job has said so already."""
        return self.state != CallState.PAID and self.call.due_on < clock.today()


class Claim(VersionedModel):
    """A party's claim after a loss: reason, evidence, review, payment."""

    fund = models.ForeignKey(RiskFund, on_delete=models.PROTECT, related_name="claims")
    claimant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(_("Kind"), max_length=20, choices=ClaimKind.choices)
    loss = MoneyField(verbose_name=_("Loss"))
    reason = models.TextField(_("Reason"))
    subject_id = models.UUIDField(null=True, blank=True)
    subject_title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=ClaimState.choices, default=ClaimState.DRAFT)
    state_reason = models.TextField(blank=True)
    paid = MoneyField(null=True, blank=True)
    calculation = models.JSONField(default=dict)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(loss__gt=0), name="claim_loss_positive"),
            known_states("state", ClaimState, "claim_state_known"),
            known_states("kind", ClaimKind, "claim_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.claimant}: {self.loss}"


class ClaimEvidence(UuidModel):
    """A file, or an entry of the book, that proves the loss."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("Kind"), max_length=20, choices=EvidenceKind.choices)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    book_leaf = models.CharField(max_length=64, blank=True)
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(book_leaf=""), name="claim_evidence_has_something"
            ),
        ]

    def __str__(self) -> str:
        return self.caption or str(EvidenceKind(self.kind).label)
