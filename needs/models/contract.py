"""The technology development contract drafted from an award, with the signatures of both sides."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from needs.models.award import Award
from needs.states.contract import ContractState


class Contract(VersionedModel):
    """The contract of one award: clauses in the order of the official form; money and indicators are the award's own."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="contract")
    client = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Commissioning party")
    )
    developer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Developing party")
    )
    state = models.CharField(max_length=20, choices=ContractState.choices, default=ContractState.DRAFT)
    amount = MoneyField(verbose_name=_("Amount"))
    subject = models.TextField(_("Subject of the development"), blank=True)
    plan = models.TextField(_("Development plan"), blank=True)
    payment = models.TextField(_("Funds and payment"), blank=True)
    equipment = models.TextField(_("Equipment bought with the funds"), blank=True)
    secrecy = models.TextField(_("Secrecy"), blank=True)
    risk = models.TextField(_("Risk"), blank=True)
    risk_client_percent = models.DecimalField(
        _("Share of the risk borne by the commissioning party, percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    ip = models.TextField(_("Ownership and sharing of the results"), blank=True)
    acceptance = models.TextField(_("Acceptance: standard, manner, disputes"), blank=True)
    other = models.TextField(_("Other terms"), blank=True)
    drafted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", ContractState, "contract_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(
                condition=Q(risk_client_percent__isnull=True) | Q(risk_client_percent__range=(0, 100)),
                name="contract_risk_percent",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_at__isnull=False), name="contract_signed_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.award.challenge.title}"


class ContractSignature(UuidModel):
    """One side's signature under exactly these words; `voided_at` when the contract changed afterwards."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "organisation"],
                condition=Q(voided_at__isnull=True),
                name="contract_signature_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.contract}"
