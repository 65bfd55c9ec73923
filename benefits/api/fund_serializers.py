"""What the REST door of risk funds and claims takes and gives."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from benefits import queries
from benefits.models import (
    Claim,
    FundCall,
    FundCallLine,
    FundParty,
    RiskFund,
)
from benefits.states import ClaimKind, EvidenceKind
from core.api.serializers import Input, Money, Ref


class FundPartyIn(Input):
    organisation = serializers.UUIDField()
    percent = serializers.DecimalField(max_digits=7, decimal_places=4)


class FundIn(Input):
    name = serializers.CharField(max_length=120)
    target = Money()
    rate_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    claim_cap = Money()
    party_cap = Money(required=False, allow_null=True, default=None)
    supervised_account = serializers.CharField(max_length=200)
    chain = serializers.UUIDField(required=False, allow_null=True, default=None)
    parties = FundPartyIn(many=True)


class FundPartyOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()

    class Meta:
        model = FundParty
        fields = [
            "id", "organisation", "percent", "state", "answered_at", "answer_note", "continues", "continuation_note",
        ]  # fmt: skip


class CallLineOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref(source="party.organisation")

    class Meta:
        model = FundCallLine
        fields = ["id", "organisation", "amount", "state", "paid_on", "evidence"]


class CallOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    lines = CallLineOut(many=True)

    class Meta:
        model = FundCall
        fields = ["id", "number", "amount", "due_on", "lines"]


class FundOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    manager = Ref()

    class Meta:
        model = RiskFund
        fields = [
            "id", "name", "chain", "manager", "target", "rate_percent", "claim_cap", "party_cap", "supervised_account", "version",
            "created_at",
        ]  # fmt: skip


class FundStandingOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: sums over rows
    """A party of a fund in figures."""

    party = serializers.UUIDField(source="party.pk")
    organisation = Ref(source="party.organisation")
    called = Money()
    paid = Money()
    late = Money()
    received = Money()


class FundDetail(FundOut):
    """A fund with its parties, calls and figures; `balance = paid_in − paid_out`."""

    parties = FundPartyOut(many=True)
    calls = CallOut(many=True)
    balance = serializers.SerializerMethodField()
    paid_in = serializers.SerializerMethodField()
    paid_out = serializers.SerializerMethodField()
    standings = serializers.SerializerMethodField()
    continuing = serializers.SerializerMethodField()
    debtors = serializers.SerializerMethodField()

    class Meta(FundOut.Meta):
        fields = [
            *FundOut.Meta.fields, "parties", "calls", "balance", "paid_in", "paid_out", "standings", "continuing", "debtors",
        ]  # fmt: skip

    def _figures(self, row: RiskFund) -> queries.FundFigures:
        kept: dict[Any, queries.FundFigures] = self.__dict__.setdefault("_kept", {})
        if row.pk not in kept:
            kept[row.pk] = queries.fund_figures(row)
        return kept[row.pk]

    def get_balance(self, row: RiskFund) -> str:
        return f"{self._figures(row).balance:.2f}"

    def get_paid_in(self, row: RiskFund) -> str:
        return f"{self._figures(row).paid_in:.2f}"

    def get_paid_out(self, row: RiskFund) -> str:
        return f"{self._figures(row).paid_out:.2f}"

    @extend_schema_field(FundStandingOut(many=True))
    def get_standings(self, row: RiskFund) -> Any:
        return FundStandingOut(self._figures(row).parties, many=True).data

    def get_continuing(self, row: RiskFund) -> int:
        return self._figures(row).continuing

    def get_debtors(self, row: RiskFund) -> list[str]:
        return [str(one.party) for one in queries.debtors(row)]


class CallIn(Input):
    due_on = serializers.DateField()
    amount = Money(required=False, allow_null=True, default=None)


class PaymentIn(Input):
    paid_on = serializers.DateField()
    evidence = serializers.CharField(max_length=200)


class ClaimIn(Input):
    kind = serializers.ChoiceField(choices=ClaimKind.choices)
    loss = Money()
    reason = serializers.CharField(max_length=5000)
    subject_title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ClaimEvidenceIn(Input):
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ClaimDecisionIn(Input):
    is_approved = serializers.BooleanField()
    reason = serializers.CharField(max_length=5000)


class FundRefusalIn(Input):
    reason = serializers.CharField(max_length=1000)


class ContinuationIn(Input):
    continues = serializers.BooleanField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ClaimOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    claimant = Ref()
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields = [
            "id", "fund", "claimant", "kind", "loss", "reason", "subject_title", "state", "state_reason", "paid", "calculation", "evidence",
            "version", "created_at",
        ]  # fmt: skip

    def get_evidence(self, row: Claim) -> list[dict[str, str]]:
        return [
            {"id": str(one.pk), "kind": one.kind, "caption": str(one), "book_leaf": one.book_leaf}
            for one in row.evidence.all()
        ]
