"""The room's REST door."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as drf
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import RoomViewSet, operation
from projects.actions import direction, flow, gate, project
from projects.api import inputs
from projects.api import serializers as forms
from projects.models import (
    Acceptance,
    DirectionChange,
    Gate,
    GateCondition,
    GatePanelMember,
    Handover,
    Project,
    ProjectIndicator,
    WorkPackage,
)
from projects.queries import origin as origins


class Detailed(RoomViewSet):
    """A door whose single rows say more than its lists."""

    detail_serializer: Any = None

    def get_serializer_class(self) -> Any:
        return (
            self.serializer_class if self.action == "list" or self.detail_serializer is None else self.detail_serializer
        )


class ClaimRef(drf.Serializer):  # type: ignore[type-arg]
    id = drf.UUIDField()
    state = drf.CharField()


class Projects(Detailed):
    room, model, view_rule, id_name = "projects", Project, "projects.view_project", "project_id"
    serializer_class, detail_serializer = forms.ProjectOut, forms.ProjectDetail
    create_action, create_serializer = project.create_project, inputs.ProjectIn
    edit_action, edit_serializer = project.edit_project, inputs.ProjectEdit
    filterset_fields = ["state", "current_stage", "origin", "award"]
    ordering_fields = ["created_at", "code", "title"]
    search_fields = ["code", "title"]
    from_award = operation(
        project.create_project_from_award, path="from_award", serializer=inputs.AwardIn, detail=False, code=201
    )
    add_party = operation(
        project.add_party, path="add_party", serializer=inputs.PartyIn, response=forms.PartyOut, code=201
    )
    link_need = operation(project.link_need, path="link_need", serializer=inputs.NeedLinkIn)
    add_indicator = operation(
        project.add_indicator,
        path="add_indicator",
        serializer=inputs.IndicatorIn,
        response=forms.ProjectIndicatorOut,
        code=201,
    )
    add_package = operation(
        project.add_package, path="add_package", serializer=inputs.PackageIn, response=forms.PackageOut, code=201
    )
    set_communication_plan = operation(
        project.set_communication_plan, path="set_communication_plan", serializer=inputs.CommunicationIn
    )
    propose_direction = operation(
        direction.propose_direction,
        path="propose_direction",
        serializer=inputs.DirectionIn,
        response=forms.DirectionOut,
        code=201,
    )

    @extend_schema(operation_id="get_origins", parameters=[], filters=False, responses=forms.OriginsOut)
    @action(detail=False, methods=["get"], url_path="origins", filter_backends=[], pagination_class=None)
    def get_origins(self, request: Request) -> Response:
        """Where the projects one sees come from: shares now and at the end of the last months (R007)."""
        found = {"shares": origins.origin_shares(self.actor), "trend": origins.origin_trend(self.actor)}
        return Response(forms.OriginsOut(found).data)

    plan_gates = operation(project.plan_gates, path="plan_gates", serializer=inputs.PlanIn)
    start = operation(project.start_project, path="start", response=forms.StartOut)
    request_stage_fund = operation(
        project.request_stage_fund,
        path="request_stage_fund",
        serializer=inputs.StageFundIn,
        response=forms.StageFundOut,
        code=201,
    )
    release_stage = operation(project.release_stage, path="release_stage", serializer=inputs.StageIn)
    offer_handover = operation(
        flow.offer_handover, path="offer_handover", serializer=inputs.HandoverIn, response=forms.HandoverOut, code=201
    )
    record_acceptance = operation(
        flow.record_acceptance,
        path="record_acceptance",
        serializer=inputs.AcceptanceIn,
        response=forms.AcceptanceOut,
        code=201,
    )
    open_failure_claim = operation(
        flow.open_failure_claim,
        path="open_failure_claim",
        serializer=inputs.FailureClaimIn,
        response=ClaimRef,
        code=201,
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("lead")
        if self.action == "list":
            return rows
        return rows.prefetch_related(
            "parties__organisation", "indicators__specification", "indicators__contributions", "packages__owner__organisation",
            "packages__indicators", "gates", "handovers__next_owner", "need_links", "origin_changes",
        )  # fmt: skip


class Indicators(RoomViewSet):
    room, model, view_rule, id_name = "projects", ProjectIndicator, "projects.view_indicator", "indicator_id"
    serializer_class = forms.ProjectIndicatorOut
    filterset_fields = ["project", "is_shared"]
    share = operation(project.share_indicator, path="share", serializer=inputs.ShareIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("specification").prefetch_related("contributions")


class WorkPackages(RoomViewSet):
    room, model, view_rule, id_name = "projects", WorkPackage, "projects.view_package", "package_id"
    serializer_class = forms.PackageOut
    filterset_fields = ["project", "owner__organisation"]
    ordering_fields = ["due_on", "created_at"]
    assign = operation(project.assign_package, path="assign", serializer=inputs.AssignIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner__organisation").prefetch_related("indicators")


class Gates(Detailed):
    room, model, view_rule, id_name = "projects", Gate, "projects.view_gate", "gate_id"
    serializer_class, detail_serializer = forms.GateOut, forms.GateDetail
    filterset_fields = ["project", "state", "stage"]
    ordering_fields = ["created_at", "planned_on", "position"]
    add_file = operation(gate.add_gate_file, path="add_file", serializer=inputs.FileIn)
    submit_package = operation(
        gate.submit_package, path="submit_package", serializer=inputs.SubmitIn, response=forms.GatePackageOut, code=201
    )
    invite_reviewer = operation(
        gate.invite_gate_reviewer,
        path="invite_reviewer",
        serializer=inputs.ReviewerIn,
        response=forms.SeatOut,
        code=201,
    )
    record_finding = operation(
        gate.record_finding, path="record_finding", serializer=inputs.FindingIn, response=forms.FindingOut, code=201
    )
    decide = operation(
        gate.decide_gate, path="decide", serializer=inputs.DecideIn, response=forms.DecisionOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("project__lead")
        if self.action == "list":
            return rows
        return rows.prefetch_related(
            "packages", "panel__person", "findings", "decisions__conditions__owner__organisation"
        )


class Seats(RoomViewSet):
    room, model, view_rule, id_name = "projects", GatePanelMember, "projects.view_seat", "seat_id"
    serializer_class = forms.SeatOut
    filterset_fields = ["gate", "state"]
    declare = operation(gate.declare_gate_conflict, path="declare", serializer=inputs.DeclareIn)
    recuse = operation(gate.recuse_from_gate, path="recuse", serializer=inputs.ReasonIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("person")


class Conditions(RoomViewSet):
    room, model, view_rule, id_name = "projects", GateCondition, "projects.view_condition", "condition_id"
    serializer_class = forms.ConditionOut
    filterset_fields = ["decision", "state"]
    ordering_fields = ["due_on", "created_at"]
    close = operation(gate.close_condition, path="close", serializer=inputs.ConditionEvidenceIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner__organisation")


class Handovers(RoomViewSet):
    room, model, view_rule, id_name = "projects", Handover, "projects.view_handover", "handover_id"
    serializer_class = forms.HandoverOut
    filterset_fields = ["project", "state"]
    accept = operation(flow.accept_handover, path="accept", serializer=inputs.ReceiveIn)
    refuse = operation(flow.refuse_handover, path="refuse", serializer=inputs.ReasonIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("next_owner")


class Acceptances(RoomViewSet):
    room, model, view_rule, id_name = "projects", Acceptance, "projects.view_acceptance", "acceptance_id"
    serializer_class = forms.AcceptanceOut
    filterset_fields = ["project", "state"]
    sign = operation(flow.sign_acceptance, path="sign")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("expert")


class Directions(RoomViewSet):
    room, model, view_rule, id_name = "projects", DirectionChange, "projects.view_direction", "direction_id"
    serializer_class = forms.DirectionOut
    filterset_fields = ["project", "state", "cluster", "need"]
    ordering_fields = ["created_at", "decided_at"]
    decide = operation(direction.decide_direction, path="decide", serializer=inputs.DirectionDecisionIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("proposed_by", "decided_by")
