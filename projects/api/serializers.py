"""What goes out of the room's REST door."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from benefits.queries import agreement_for, exposure
from core.api.serializers import Ref
from projects.models import (
    Acceptance,
    DirectionChange,
    Finding,
    Gate,
    GateCondition,
    GateDecision,
    GatePackage,
    GatePanelMember,
    Handover,
    OriginChange,
    Party,
    Project,
    ProjectIndicator,
    ProjectStart,
    StageFundRequest,
    WorkPackage,
)
from projects.queries import gate as reading
from projects.states import Origin


class Out(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Base of what goes out."""


class PartyOut(Out):
    organisation = Ref()

    class Meta:
        model = Party
        fields = ["id", "organisation", "role"]


class ProjectIndicatorOut(Out):
    name = serializers.CharField(source="specification.name")
    target = serializers.CharField(source="specification.target_text")
    contributions = serializers.SerializerMethodField()

    class Meta:
        model = ProjectIndicator
        fields = ["id", "specification", "name", "target", "is_shared", "contributions"]

    def get_contributions(self, row: ProjectIndicator) -> list[dict[str, str]]:
        return [{"party": str(one.party_id), "text": one.text} for one in row.contributions.all()]


class PackageOut(Out):
    owner = PartyOut(allow_null=True)
    indicators: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = WorkPackage
        fields = ["id", "project", "title", "deliverable", "due_on", "owner", "indicators", "version"]


class StartOut(Out):
    class Meta:
        model = ProjectStart
        fields = ["id", "project", "signed_by", "signed_at", "definition_hash"]


class StageFundOut(Out):
    class Meta:
        model = StageFundRequest
        fields = ["id", "project", "stage", "amount", "reason", "organisation", "created_at"]


class ConditionOut(Out):
    owner = PartyOut()

    class Meta:
        model = GateCondition
        fields = ["id", "text", "owner", "due_on", "state", "evidence", "closed_at"]


class DecisionOut(Out):
    conditions = ConditionOut(many=True)

    class Meta:
        model = GateDecision
        fields = [
            "id",
            "gate",
            "package",
            "outcome",
            "reason",
            "review_on",
            "follows",
            "attempt",
            "signed_by",
            "signed_at",
            "conditions",
        ]


class SeatOut(Out):
    person = Ref()

    class Meta:
        model = GatePanelMember
        fields = ["id", "gate", "person", "state", "conflicts", "declared_at"]


class FindingOut(Out):
    class Meta:
        model = Finding
        fields = ["id", "gate", "package", "member", "recommendation", "answers", "text", "created_at", "voided_at"]


class GatePackageOut(Out):
    class Meta:
        model = GatePackage
        fields = ["id", "gate", "number", "note", "organisation", "submitted_by", "submitted_at", "content_hash"]


class GateOut(Out):
    class Meta:
        model = Gate
        fields = [
            "id",
            "project",
            "stage",
            "position",
            "planned_on",
            "review_on",
            "state",
            "attempt",
            "must_meet",
            "definition_hash",
            "version",
        ]


class GateDetail(GateOut):
    packages = GatePackageOut(many=True)
    panel = SeatOut(many=True)
    findings = FindingOut(many=True)
    decisions = DecisionOut(many=True)
    indicators = serializers.SerializerMethodField()
    obstacles_to_go = serializers.SerializerMethodField()

    class Meta(GateOut.Meta):
        fields = [
            *GateOut.Meta.fields,
            "definition",
            "indicators",
            "packages",
            "panel",
            "findings",
            "decisions",
            "obstacles_to_go",
        ]

    def get_indicators(self, gate: Gate) -> list[dict[str, Any]]:
        return [
            {"id": str(one.indicator.pk), "specification": str(one.specification.pk), "name": one.specification.name,
             "target": one.specification.target_text, "outcome": str(one.verdict.outcome), "is_must": one.specification.is_must}
            for one in reading.dues(gate, reading.current_package(gate))
        ]  # fmt: skip

    def get_obstacles_to_go(self, gate: Gate) -> list[str]:
        return [str(one.what) for one in reading.obstacles_to_go(gate)]


class DirectionOut(Out):
    proposed_by = Ref(allow_null=True)
    decided_by = Ref(allow_null=True)

    class Meta:
        model = DirectionChange
        fields = ["id", "project", "before", "after", "reason", "cluster", "need", "is_shown", "state", "proposed_by", "created_at",
                  "decided_by", "decided_at", "note", "version"]  # fmt: skip


class HandoverOut(Out):
    next_owner = Ref()

    class Meta:
        model = Handover
        fields = ["id", "project", "gate", "to_stage", "documents", "parameters", "open_risks", "next_owner", "state", "offered_at",
                  "received_on", "reason"]  # fmt: skip


class AcceptanceOut(Out):
    expert = Ref()

    class Meta:
        model = Acceptance
        fields = [
            "id",
            "project",
            "outcome",
            "verdicts",
            "note",
            "owner",
            "owner_signed_at",
            "expert",
            "expert_signed_at",
            "state",
        ]


class ProjectOut(Out):
    lead = Ref()

    class Meta:
        model = Project
        fields = ["id", "code", "title", "summary", "origin", "lead", "chain", "award", "state", "current_stage", "started_at",
                  "ended_at", "version"]  # fmt: skip


class OriginChangeOut(serializers.ModelSerializer[OriginChange]):
    class Meta:
        model = OriginChange
        fields = ["before", "after", "need", "changed_at"]


class ShareOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: a figure
    origin = serializers.ChoiceField(choices=Origin.choices)
    count = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=4, decimal_places=1)


class MonthOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: figures
    on = serializers.DateField(help_text="The last day of the month, or today.")
    total = serializers.IntegerField()
    shares = ShareOut(many=True)


class OriginsOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    shares = ShareOut(many=True)
    trend = MonthOut(many=True, help_text="The last twelve months, as it was at their end.")


class ProjectDetail(ProjectOut):
    origin_changes = OriginChangeOut(many=True, help_text="When the origin changed, and through which need.")
    parties = PartyOut(many=True)
    needs = serializers.SerializerMethodField()
    indicators = ProjectIndicatorOut(many=True)
    packages = PackageOut(many=True)
    gates = GateOut(many=True)
    handovers = HandoverOut(many=True)
    money = serializers.SerializerMethodField()
    agreement = serializers.SerializerMethodField()
    missing_before_start = serializers.SerializerMethodField()

    class Meta(ProjectOut.Meta):
        fields = [*ProjectOut.Meta.fields, "parties", "needs", "indicators", "packages", "gates", "handovers", "money", "agreement",
                  "missing_before_start", "origin_changes"]  # fmt: skip

    def get_needs(self, row: Project) -> list[str]:
        return [str(one.need_id) for one in row.need_links.all()]

    def get_money(self, row: Project) -> dict[str, str]:
        found = exposure(row.pk)
        return {name: format(getattr(found, name), ".2f") for name in ("planned", "captured", "held", "saved")}

    def get_agreement(self, row: Project) -> str | None:
        found = agreement_for(row.pk)
        return str(found.pk) if found else None

    def get_missing_before_start(self, row: Project) -> list[dict[str, str]]:
        from core import checks

        if row.state != "draft":
            return []
        return [
            {"rule": check.code, "what": str(hit.missing.what if hit.missing else hit.rule)}
            for check, hit in checks.hits_at("projects.start_project", row)
        ]
