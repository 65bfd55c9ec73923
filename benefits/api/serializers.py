"""What goes in and out of the room's REST door."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from benefits import queries
from benefits.models import (
    AgreementVersion,
    Dispute,
    Income,
    Settlement,
    ShareAgreement,
    Statement,
    Tranche,
)
from core.api.serializers import Input, Money, Quantity, Ref
from core.ledger.models import Entry


class MemberIn(Input):
    organisation = serializers.UUIDField()
    weight = Quantity(max_digits=12, decimal_places=4)


class LineIn(Input):
    organisation = serializers.UUIDField(required=False)
    label = serializers.CharField(max_length=80, required=False, allow_blank=True)  # type: ignore[assignment]  # DRF has the word too
    percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    reason = serializers.CharField(max_length=300)
    members = MemberIn(many=True, required=False)


class ShareTableIn(Input):
    lines = LineIn(many=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class IncomeIn(Input):
    amount = Money()
    received_on = serializers.DateField()
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]  # DRF has the word too


class ReferenceIn(Input):
    evidence = serializers.CharField(max_length=200)


class OptionalReferenceIn(Input):
    evidence = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AssignmentIn(Input):
    role = serializers.CharField(max_length=80)
    parties = serializers.ListField(child=serializers.UUIDField(), max_length=50)


class FromTemplateIn(Input):
    template_version = serializers.UUIDField()
    assignments = AssignmentIn(many=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class OfferedRoleOut(serializers.Serializer):  # type: ignore[type-arg]  # a role of the lower room's template
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has the word too
    percent = Quantity()
    reason = serializers.CharField()


class OfferedTemplateOut(serializers.Serializer):  # type: ignore[type-arg]  # a version of the lower room's template
    """A benefit template in force; `fits` says of how many of its two chains the agreement's parties come."""

    id = serializers.UUIDField()
    template = Ref()
    number = serializers.IntegerField()
    chain = Ref(source="template.chain")
    other_chain = Ref(source="template.other_chain")
    fits = serializers.IntegerField()
    roles = OfferedRoleOut(many=True)


class LineOut(serializers.Serializer):  # type: ignore[type-arg]
    organisation = Ref(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has the word too
    percent = Quantity(allow_null=True)
    weight = Quantity(allow_null=True)
    reason = serializers.CharField()
    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # DRF has the word too


class Translated(serializers.CharField):
    """A sentence stored as a message id, in the reader's language."""

    def to_representation(self, value: Any) -> str:
        return gettext(value)


class ShareTableOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    lines = LineOut(many=True)
    signed_by = serializers.SerializerMethodField()
    rounding_rule = Translated()
    template_version = Ref(allow_null=True)

    class Meta:
        model = AgreementVersion
        fields = [
            "id",
            "number",
            "state",
            "note",
            "rounding_rule",
            "in_force_at",
            "template_version",
            "lines",
            "signed_by",
        ]

    def get_signed_by(self, row: AgreementVersion) -> list[str]:
        return [str(one.organisation) for one in row.signatures.all()]


class PartyTotalOut(serializers.Serializer):  # type: ignore[type-arg]
    organisation = serializers.CharField()
    organisation_id = serializers.UUIDField()
    due = Money()
    confirmed = Money()


class TotalsOut(serializers.Serializer):  # type: ignore[type-arg]
    income = Money()
    settled = Money()
    parties = PartyTotalOut(many=True)


class AgreementOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = ShareAgreement
        fields = ["id", "subject_id", "subject_title", "subject_link", "version", "created_at"]


class AgreementDetail(AgreementOut):
    parties = serializers.SerializerMethodField()
    versions = ShareTableOut(many=True)
    totals = serializers.SerializerMethodField()
    health = serializers.SerializerMethodField()

    class Meta(AgreementOut.Meta):
        fields = [*AgreementOut.Meta.fields, "parties", "versions", "totals", "health"]

    def get_parties(self, row: ShareAgreement) -> list[dict[str, Any]]:
        return [
            {"id": str(one.organisation_id), "name": str(one.organisation), "role": one.role_label}
            for one in row.parties.all()
        ]

    def get_totals(self, row: ShareAgreement) -> dict[str, Any]:
        return dict(TotalsOut(queries.ledger_totals(row)).data)

    def get_health(self, row: ShareAgreement) -> dict[str, int]:
        found = queries.health(row)
        return {
            "repeat": found.repeat, "disputes": found.disputes, "disputes_open": found.disputes_open, "overdue": found.overdue,
            "parties": found.parties,
        }  # fmt: skip


class IncomeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    settlement = serializers.SerializerMethodField()

    class Meta:
        model = Income
        fields = ["id", "agreement", "amount", "received_on", "source", "state", "settlement", "created_at"]

    def get_settlement(self, row: Income) -> str | None:
        found = getattr(row, "settlement", None)
        return str(found.pk) if found else None


class StatementOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What a party gets; `entitled` and the carried rests are fractions of a fen, exact."""

    organisation = Ref()

    class Meta:
        model = Statement
        fields = [
            "id", "settlement", "organisation", "amount", "entitled", "carried_before", "carried_after", "state", "due_on", "evidence",
            "instructed_at", "confirmed_at", "created_at",
        ]  # fmt: skip


class DisputeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()

    class Meta:
        model = Dispute
        fields = ["id", "statement", "organisation", "text", "state", "outcome", "closed_at", "created_at"]


class DisputeIn(Input):
    text = serializers.CharField(max_length=5000)


class OutcomeIn(Input):
    outcome = serializers.CharField(max_length=5000)


class LedgerEntryOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """One entry of the ledger, in yuan."""

    entry = serializers.CharField(source="pk")
    transaction = serializers.UUIDField(source="txn_id")
    kind = serializers.CharField(source="txn.kind")
    booked_at = serializers.DateTimeField(source="txn.booked_at")
    account = serializers.CharField(source="account.kind")
    organisation = Ref(source="account.organisation", allow_null=True)
    amount = Money(source="yuan")
    balance_after = Money(source="yuan_after")
    cites = serializers.CharField(source="txn.reason")

    class Meta:
        model = Entry
        fields = [
            "entry", "transaction", "kind", "booked_at", "account", "organisation", "amount", "balance_after", "cites",
        ]  # fmt: skip


class ExposureOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: sums over rows
    planned = Money()
    captured = Money()
    held = Money()
    saved = Money()


class SettlementOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    statements = StatementOut(many=True)
    agreement_version = serializers.IntegerField(source="version.number")
    income_amount = serializers.DecimalField(source="income.amount", max_digits=18, decimal_places=2)
    rounding_rule = Translated(source="version.rounding_rule")
    ledger_transaction = serializers.UUIDField(source="txn_id")

    class Meta:
        model = Settlement
        fields = [
            "id",
            "income",
            "income_amount",
            "agreement_version",
            "rounding_rule",
            "ledger_transaction",
            "statements",
            "created_at",
        ]


class TrancheOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    payer = Ref()
    payee = Ref()

    class Meta:
        model = Tranche
        fields = [
            "id",
            "subject_id",
            "subject_title",
            "stage",
            "amount",
            "state",
            "payer",
            "payee",
            "moved_at",
            "created_at",
        ]
