"""Share agreements with their versions, incomes, settlements and statements; and the tranches of staged money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.states import IncomeState, Stage, StatementState, TrancheState, VersionState
from chains.models import BenefitTemplateVersion
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.ledger.models import Txn


class ShareAgreement(VersionedModel):
    """How the parties of something (a project) share what it earns; the subject lies in a room above and is known by id."""

    subject_id = models.UUIDField(unique=True)
    subject_title = models.CharField(max_length=200)
    subject_link = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.subject_title


class AgreementParty(UuidModel):
    """An organisation that shares; it reads the whole ledger of the agreement (R088)."""

    agreement = models.ForeignKey(ShareAgreement, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreement_parties")
    role_label = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "organisation"], name="agreement_party_once")]

    def __str__(self) -> str:
        return str(self.organisation)


class AgreementVersion(UuidModel):
    """One share table; in force once every party has signed it, and never edited.

    It may have begun from a benefit template of two chains (R130).
    """

    agreement = models.ForeignKey(ShareAgreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=VersionState.choices, default=VersionState.SIGNING)
    rounding_rule = models.TextField()
    note = models.TextField(blank=True)
    template_version = models.ForeignKey(
        BenefitTemplateVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="share_tables"
    )
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.UniqueConstraint(fields=["agreement"], condition=Q(state="in_force"), name="one_version_in_force"),
            known_states("state", VersionState, "agreement_version_state_known"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class ShareLine(UuidModel):
    """A party's percentage with its reason, or a group's; members of a group share it by weight (R079, R081)."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="lines")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80, blank=True)
    percent = models.DecimalField(_("Percent"), max_digits=7, decimal_places=4, null=True, blank=True)
    weight = models.DecimalField(_("Weight in the group"), max_digits=12, decimal_places=4, null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100), name="share_percent"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, percent__isnull=False)
                | Q(parent__isnull=False, weight__gt=0, organisation__isnull=False),
                name="share_top_or_member",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.label)

    @property
    def key(self) -> str:
        """The stable name under which the rest below a fen is carried, also from version to version."""
        own = str(self.organisation_id) if self.organisation_id else f"group:{self.label}"
        return f"{self.parent.key}/{own}" if self.parent_id and self.parent else own


class AgreementSignature(UuidModel):
    """A party's signature under a version."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["version", "organisation"], name="agreement_signature_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.version}"


class Residual(models.Model):
    """What a party is owed below a fen, exactly, from settlement to settlement."""

    agreement = models.ForeignKey(ShareAgreement, on_delete=models.PROTECT, related_name="residuals")
    key = models.CharField(max_length=200)
    numerator = models.TextField(default="0")
    denominator = models.TextField(default="1")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "key"], name="residual_once")]

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class Income(UuidModel):
    """Money that the shared thing earned, as a party recorded it."""

    agreement = models.ForeignKey(ShareAgreement, on_delete=models.PROTECT, related_name="incomes")
    amount = MoneyField(verbose_name=_("Amount"))
    received_on = models.DateField(_("Received on"))
    source = models.CharField(_("Source"), max_length=300)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=IncomeState.choices, default=IncomeState.RECORDED)

    class Meta:
        ordering = ["-received_on", "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="income_positive"),
            known_states("state", IncomeState, "income_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.amount}"


class Settlement(UuidModel):
    """The one settlement of an income by the version that was in force, with its ledger transaction (R080)."""

    income = models.OneToOneField(Income, on_delete=models.PROTECT, related_name="settlement")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="settlements")
    txn = models.ForeignKey(Txn, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.income)


class Statement(UuidModel):
    """What one party gets from one settlement, and how far its payment has come (R082)."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="statements")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="statements")
    line = models.ForeignKey(ShareLine, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()
    # Fractions as "numerator/denominator", in fen: what the share comes to exactly, and the rest below a fen.
    entitled = models.TextField(default="0")
    carried_before = models.TextField(default="0")
    carried_after = models.TextField(default="0")
    state = models.CharField(max_length=20, choices=StatementState.choices, default=StatementState.PAYABLE)
    due_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(_("Bank reference"), max_length=200, blank=True)
    instructed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["settlement", "line__position"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "line"], name="statement_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="statement_not_negative"),
            known_states("state", StatementState, "statement_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.amount}"


class Tranche(VersionedModel):
    """Money for one stage of something above, held until the gate before it is passed (R086, R087)."""

    subject_id = models.UUIDField(db_index=True)
    subject_title = models.CharField(max_length=200)
    subject_link = models.CharField(max_length=300, blank=True)
    stage = models.CharField(_("Stage"), max_length=20, choices=Stage.choices)
    position = models.PositiveSmallIntegerField()
    amount = MoneyField(verbose_name=_("Amount"))
    payer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tranches_paid")
    payee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tranches_received")
    condition = models.CharField(_("Condition"), max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=TrancheState.choices, default=TrancheState.PLANNED)
    hold = models.OneToOneField(Txn, null=True, blank=True, on_delete=models.PROTECT, related_name="tranche")
    resolution = models.OneToOneField(
        Txn, null=True, blank=True, on_delete=models.PROTECT, related_name="ended_tranche"
    )
    because_id = models.UUIDField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["subject_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "stage", "payer"], name="tranche_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_positive"),
            known_states("state", TrancheState, "tranche_state_known"),
            models.CheckConstraint(
                condition=~Q(state="captured") | Q(resolution__isnull=False, because_id__isnull=False),
                name="captured_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_title} · {Stage(self.stage).label}"
