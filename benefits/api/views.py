"""The room's REST door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from benefits import queries
from benefits.actions import agreement as actions
from benefits.actions import dispute as dispute_actions
from benefits.actions import fund as fund_actions
from benefits.api import fund_serializers as fund_forms
from benefits.api import serializers as forms
from benefits.models import (
    AgreementVersion,
    Claim,
    ClaimEvidence,
    Dispute,
    FundCallLine,
    FundParty,
    Income,
    RiskFund,
    Settlement,
    ShareAgreement,
    Statement,
    Tranche,
)
from core.access import policy
from core.api.views import KEY_HEADER, RoomViewSet, operation
from core.errors import NotFound
from core.files.web import respond


class Detailed(RoomViewSet):
    """A door whose single rows say more than its lists."""

    detail_serializer: Any = None

    def get_serializer_class(self) -> Any:
        return (
            self.serializer_class if self.action == "list" or self.detail_serializer is None else self.detail_serializer
        )


class Agreements(Detailed):
    room, model, view_rule, id_name = "benefits", ShareAgreement, "benefits.view_agreement", "agreement_id"
    serializer_class = forms.AgreementOut
    detail_serializer = forms.AgreementDetail
    filterset_fields = ["subject_id"]
    search_fields = ["subject_title"]
    propose_version = operation(
        actions.propose_version,
        path="propose_version",
        serializer=forms.ShareTableIn,
        response=forms.ShareTableOut,
        code=201,
    )
    propose_from_template = operation(
        actions.propose_from_template, path="propose_from_template", serializer=forms.FromTemplateIn, response=forms.ShareTableOut, code=201
    )  # fmt: skip
    record_income = operation(
        actions.record_income, path="record_income", serializer=forms.IncomeIn, response=forms.IncomeOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.action == "list":
            return rows
        return rows.prefetch_related(
            "parties__organisation", "versions__lines__organisation", "versions__signatures__organisation",
            "versions__template_version__template",
        )  # fmt: skip

    @extend_schema(operation_id="list_templates_offered", responses=forms.OfferedTemplateOut(many=True))
    @action(detail=True, methods=["get"], url_path="templates", filter_backends=[], pagination_class=None)
    def templates(self, request: Request, pk: Any = None) -> Response:
        """The benefit templates in force that a share table may begin from, those of the parties' own chains first."""
        return Response(self.shown(queries.templates_for(self.fetch(pk))[:100], forms.OfferedTemplateOut, many=True))

    @extend_schema(operation_id="list_agreement_entries", responses=forms.LedgerEntryOut(many=True))
    @action(detail=True, methods=["get"], url_path="entries", filter_backends=[])
    def entries(self, request: Request, pk: Any = None) -> Response:
        """The agreement's ledger, entry by entry, newest first: the same for every party."""
        rows = queries.ledger_entries(self.fetch(pk)).order_by("-id")
        self.paginator.ordering = ("-id",)  # type: ignore[union-attr]  # entries count upwards
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.shown(page, forms.LedgerEntryOut, many=True))


class Versions(RoomViewSet):
    room, model, view_rule, id_name = "benefits", AgreementVersion, "benefits.view_version", "version_id"
    serializer_class = forms.ShareTableOut
    filterset_fields = ["agreement", "state"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("template_version__template")
        return rows.prefetch_related("lines__organisation", "signatures__organisation")

    sign = operation(actions.sign_agreement, path="sign")


class Incomes(RoomViewSet):
    room, model, view_rule, id_name = "benefits", Income, "benefits.view_income", "income_id"
    serializer_class = forms.IncomeOut
    filterset_fields = ["agreement", "state"]
    settle = operation(actions.settle_income, path="settle", response=forms.SettlementOut)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("settlement")


class Settlements(RoomViewSet):
    room, model, view_rule = "benefits", Settlement, "benefits.view_settlement"
    serializer_class = forms.SettlementOut
    filterset_fields = ["income__agreement"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("version", "income").prefetch_related("statements__organisation")


class Statements(RoomViewSet):
    room, model, view_rule, id_name = "benefits", Statement, "benefits.view_statement", "statement_id"
    serializer_class = forms.StatementOut
    filterset_fields = {
        "state": ["exact", "in"], "organisation": ["exact"], "settlement": ["exact"], "settlement__income__agreement": ["exact"],
        "due_on": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "amount", "due_on"]
    ask = operation(
        dispute_actions.raise_dispute, path="ask", serializer=forms.DisputeIn, response=forms.DisputeOut, code=201
    )
    instruct = operation(actions.instruct_payment, path="instruct", serializer=forms.OptionalReferenceIn)
    confirm = operation(actions.confirm_payment, path="confirm")
    reconcile = operation(actions.reconcile_payment, path="reconcile", serializer=forms.ReferenceIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")


class Disputes(RoomViewSet):
    """Questions about statements."""

    room, model, view_rule, id_name = "benefits", Dispute, "benefits.view_dispute", "dispute_id"
    serializer_class = forms.DisputeOut
    filterset_fields = ["state", "statement", "organisation", "statement__settlement__income__agreement"]
    close = operation(dispute_actions.close_dispute, path="close", serializer=forms.OutcomeIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")


class Tranches(RoomViewSet):
    """Read only: money is released by a gate's decision and nowhere else (R086)."""

    room, model, view_rule = "benefits", Tranche, "benefits.view_tranche"
    serializer_class = forms.TrancheOut
    filterset_fields = ["subject_id", "stage", "state"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("payer", "payee")

    @extend_schema(
        operation_id="get_exposure",
        parameters=[OpenApiParameter("subject_id", OpenApiTypes.UUID, required=True)],
        responses=forms.ExposureOut,
    )
    @action(detail=False, methods=["get"], url_path="exposure", filter_backends=[])
    def exposure(self, request: Request) -> Response:
        """One project's money: planned, released to date, held, saved by stopping (R087)."""
        try:
            subject = UUID(request.query_params.get("subject_id", ""))
        except ValueError:
            raise ValidationError({"subject_id": ["Give the id of a project."]}) from None
        rows = list(self.get_queryset().filter(subject_id=subject))
        if not rows:
            raise NotFound(_("There is nothing here, or you have no access to it."))
        return Response(self.shown(queries.exposure(subject), forms.ExposureOut))


class Funds(Detailed):
    room, model, view_rule, id_name = "benefits", RiskFund, "benefits.view_fund", "fund_id"
    serializer_class = fund_forms.FundOut
    detail_serializer = fund_forms.FundDetail
    create_action, create_serializer = fund_actions.open_fund, fund_forms.FundIn
    filterset_fields = ["chain", "manager"]
    search_fields = ["name"]
    call = operation(
        fund_actions.call_fund, path="call", serializer=fund_forms.CallIn, response=fund_forms.CallOut, code=201
    )
    claim = operation(
        fund_actions.open_claim, path="claim", serializer=fund_forms.ClaimIn, response=fund_forms.ClaimOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("manager")
        return (
            rows
            if self.action == "list"
            else rows.prefetch_related("parties__organisation", "calls__lines__party__organisation")
        )


class CallLines(RoomViewSet):
    room, model, view_rule, id_name = "benefits", FundCallLine, "benefits.view_call_line", "line_id"
    serializer_class = fund_forms.CallLineOut
    filterset_fields = ["state", "call"]
    pay = operation(fund_actions.record_call_payment, path="pay", serializer=fund_forms.PaymentIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("party__organisation", "call")


class FundParties(RoomViewSet):
    room, model, view_rule, id_name = "benefits", FundParty, "benefits.view_fund_party", "party_id"
    serializer_class = fund_forms.FundPartyOut
    filterset_fields = ["fund", "state"]
    agree = operation(fund_actions.agree_to_fund, path="agree")
    refuse = operation(fund_actions.refuse_fund, path="refuse", serializer=fund_forms.FundRefusalIn)
    record_continuation = operation(
        fund_actions.record_continuation, path="record_continuation", serializer=fund_forms.ContinuationIn
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")


class Claims(RoomViewSet):
    room, model, view_rule, id_name = "benefits", Claim, "benefits.view_claim", "claim_id"
    serializer_class = fund_forms.ClaimOut
    filterset_fields = ["fund", "state", "kind", "claimant"]
    submit = operation(fund_actions.submit_claim, path="submit")
    decide = operation(fund_actions.decide_claim, path="decide", serializer=fund_forms.ClaimDecisionIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("claimant").prefetch_related("evidence__file")

    @extend_schema(
        request={"multipart/form-data": fund_forms.ClaimEvidenceIn},
        responses={200: fund_forms.ClaimOut},
        parameters=[KEY_HEADER],
    )
    @action(detail=True, methods=["post"], url_path="add_evidence", parser_classes=[MultiPartParser])
    def add_claim_evidence(self, request: Request, pk: Any = None) -> Response:
        """Attach evidence of one kind, as multipart."""
        values = self.checked(fund_forms.ClaimEvidenceIn)
        fund_actions.add_claim_evidence(actor=self.actor, claim_id=pk, **values)
        return self._answer(self.fetch(pk))

    @extend_schema(
        operation_id="get_claim_evidence_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], url_path=r"evidence/(?P<evidence_id>[0-9a-f-]{36})")
    def evidence_file(self, request: Request, pk: Any = None, evidence_id: str = "") -> Any:
        """A file of the claim."""
        row = policy.fetch(self.actor, "benefits.view_claim_evidence", ClaimEvidence, evidence_id)
        if row.file is None or str(row.claim_id) != str(pk):
            raise NotFound(_("There is nothing here, or you have no access to it."))
        return respond(row.file, request._request)
