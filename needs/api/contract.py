"""The REST door of contracts made of awards."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import contract as actions
from needs.api.bid_serializers import SubmittedVersion
from needs.models.contract import Contract, ContractSignature
from needs.services.contract import CLAUSES, acceptance_table
from needs.states.contract import CONTRACT

_LONG = 20_000


class ContractIn(Input):
    award_id = serializers.UUIDField(help_text="A signed award of a challenge of the acting organisation.")


class ContractEdit(Input):
    subject = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    plan = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    payment = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    equipment = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    secrecy = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    risk = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    risk_client_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, required=False, allow_null=True, help_text="What the commissioning party bears."
    )
    ip = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    acceptance = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)
    other = serializers.CharField(required=False, allow_blank=True, max_length=_LONG)


class ContractSignatureOut(serializers.ModelSerializer[ContractSignature]):
    """One side's signature; void when the words changed afterwards."""

    organisation = Ref()
    person = Ref()

    class Meta:
        model = ContractSignature
        fields = ["organisation", "person", "content_hash", "signed_at", "voided_at"]


class AcceptanceIndicatorOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: the award's own rows
    """An indicator of the acceptance table with what the bid promised."""

    specification = serializers.UUIDField()
    name = serializers.CharField()
    target = serializers.CharField()
    unit = serializers.CharField()
    method = serializers.CharField()
    is_must = serializers.BooleanField()
    promised = serializers.CharField()


class ContractOut(serializers.ModelSerializer[Contract]):
    award_id = serializers.UUIDField()
    challenge_id = serializers.UUIDField(source="award.challenge_id")
    client = Ref()
    developer = Ref()
    signatures = ContractSignatureOut(many=True)

    class Meta:
        model = Contract
        fields = [
            "id", "version", "code", "award_id", "challenge_id", "client", "developer", "amount", "state", *CLAUSES,
            "risk_client_percent", "signatures", "signed_at", "created_at",
        ]  # fmt: skip


class WholeContractOut(ContractOut):
    """A contract with its acceptance table and what may be done with it."""

    indicators = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()

    class Meta(ContractOut.Meta):
        fields = [*ContractOut.Meta.fields, "indicators", "moves"]

    @extend_schema_field(AcceptanceIndicatorOut(many=True))
    def get_indicators(self, contract: Contract) -> Any:
        return acceptance_table(contract)

    def get_moves(self, contract: Contract) -> list[str]:
        moves = open_moves(self.context["view"].actor, CONTRACT, contract, "needs")
        return sorted(one for one in moves if one != "conclude_contract")


class ContractViewSet(RoomViewSet):
    """Contracts of awards: to their two sides; concluded ones also to the operator's admins and stage-fund approvers."""

    room, model, view_rule, id_name = "needs", Contract, "needs.view_contract", "contract_id"
    serializer_class = WholeContractOut
    create_action, create_serializer = actions.draft_contract, ContractIn
    edit_action, edit_serializer = actions.edit_contract, ContractEdit
    filterset_fields = {
        "award": ["exact"], "award__challenge": ["exact"], "state": ["exact"], "client": ["exact"], "developer": ["exact"],
        "amount": ["gte", "lte"], "signed_at": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "amount", "signed_at", "code"]
    search_fields = ["code", "award__challenge__title", "award__challenge__code", "client__name", "developer__name"]
    sign_contract = operation(actions.sign_contract, path="sign", serializer=SubmittedVersion)

    def get_serializer_class(self) -> Any:
        return ContractOut if self.action == "list" else WholeContractOut

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("award__challenge", "award__bid", "client", "developer").prefetch_related(
            "signatures__organisation", "signatures__person"
        )


routes = [("contracts", ContractViewSet, "contract")]
