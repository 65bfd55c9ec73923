"""What goes in and out of the room's REST door."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from benefits.queries import agreement_for, exposure
from benefits.states import STAGES
from core.api.serializers import Input, Money, Quantity, Ref
from core.indicators.kinds import Claim, Environment, Kind, Operator
from projects.models import (
    Acceptance,
    Finding,
    Gate,
    GateCondition,
    GateDecision,
    GatePackage,
    GatePanelMember,
    Handover,
    Party,
    Project,
    ProjectIndicator,
    ProjectStart,
    StageFundRequest,
    WorkPackage,
)
from projects.queries import gate as reading
from projects.states import Origin, Outcome, PartyRole

STAGE_CHOICES = [(str(one.value), one.label) for one in STAGES]


class ProjectIn(Input):
    title = serializers.CharField(max_length=160)
    summary = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    origin = serializers.ChoiceField(choices=Origin.choices, required=False)
    chain = serializers.UUIDField(required=False, allow_null=True)


class ProjectEdit(Input):
    title = serializers.CharField(max_length=160, required=False)
    summary = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class AwardIn(Input):
    award_id = serializers.UUIDField()


class PartyIn(Input):
    organisation = serializers.UUIDField()
    role = serializers.ChoiceField(choices=PartyRole.choices)
    contact = serializers.UUIDField(required=False, allow_null=True)


class NeedIn(Input):
    need = serializers.UUIDField()


class ContributionIn(Input):
    party = serializers.UUIDField(help_text="The party's id or its organisation's")
    text = serializers.CharField(max_length=300)


class IndicatorIn(Input):
    specification = serializers.UUIDField(required=False)
    is_shared = serializers.BooleanField(required=False, default=False)
    contributions = ContributionIn(many=True, required=False)
    gates_due = serializers.ListField(child=serializers.ChoiceField(choices=STAGE_CHOICES), required=False)
    name = serializers.CharField(max_length=120, required=False)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    operator = serializers.ChoiceField(choices=Operator.choices, required=False)
    target = Quantity(required=False)
    low = Quantity(required=False)
    high = Quantity(required=False)
    level = serializers.CharField(max_length=40, required=False)
    level_scale = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    baseline_value = Quantity(required=False)
    baseline_period = serializers.CharField(max_length=80, required=False)
    baseline_source = serializers.CharField(max_length=300, required=False)
    baseline_claim = serializers.ChoiceField(choices=Claim.choices, required=False)
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)
    is_must = serializers.BooleanField(required=False, default=True)


class ShareIn(Input):
    contributions = ContributionIn(many=True, required=False)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PackageIn(Input):
    title = serializers.CharField(max_length=160)
    deliverable = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    owner = serializers.UUIDField(required=False, allow_null=True)
    indicators = serializers.ListField(child=serializers.UUIDField(), required=False)


class AssignIn(Input):
    owner = serializers.UUIDField(required=False, allow_null=True)


class ContactIn(Input):
    party = serializers.UUIDField()
    name = serializers.CharField(max_length=80)
    reach = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CommunicationIn(Input):
    contacts = ContactIn(many=True)
    reply_days = serializers.IntegerField(min_value=1, max_value=60)
    channel = serializers.CharField(max_length=200, required=False, allow_blank=True)


class GatePlanIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    planned_on = serializers.DateField(required=False)
    amount = Money(required=False)
    indicators = serializers.ListField(child=serializers.UUIDField(), required=False)
    must_meet = serializers.ListField(child=serializers.CharField(max_length=200), required=False)


class PlanIn(Input):
    gates = GatePlanIn(many=True)
    payer = serializers.UUIDField(required=False, allow_null=True)
    payee = serializers.UUIDField(required=False, allow_null=True)


class FundIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    amount = Money()
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class StageIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)


class MeasurementIn(Input):
    specification = serializers.UUIDField()
    value = Quantity(required=False)
    level = serializers.CharField(max_length=40, required=False)
    low = Quantity(required=False)
    high = Quantity(required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    uncertainty = Quantity(required=False)
    environment = serializers.ChoiceField(choices=Environment.choices, required=False)
    measured_on = serializers.DateField(required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    sample_size = serializers.IntegerField(required=False, min_value=1)
    claim = serializers.ChoiceField(choices=Claim.choices, required=False)
    verified_by = serializers.UUIDField(required=False)
    is_not_measured = serializers.BooleanField(required=False, default=False)


class SubmitIn(Input):
    note = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    measurements = MeasurementIn(many=True, required=False)


class FileIn(Input):
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ReviewerIn(Input):
    person = serializers.UUIDField()


class DeclareIn(Input):
    has_conflict = serializers.BooleanField()
    declaration = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class ReasonIn(Input):
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class AnswerIn(Input):
    item = serializers.IntegerField(min_value=0)
    is_met = serializers.BooleanField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class FindingIn(Input):
    answers = AnswerIn(many=True)
    recommendation = serializers.ChoiceField(choices=Outcome.choices)
    text = serializers.CharField(max_length=20000)


class ConditionIn(Input):
    text = serializers.CharField(max_length=500)
    owner = serializers.UUIDField()
    due_on = serializers.DateField()


class DecideIn(Input):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField(max_length=20000)
    package = serializers.UUIDField(required=False)
    review_on = serializers.DateField(required=False)
    conditions = ConditionIn(many=True, required=False)


class EvidenceIn(Input):
    evidence = serializers.CharField(max_length=500)


class HandoverIn(Input):
    from_stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    next_owner = serializers.UUIDField()
    documents = serializers.CharField(max_length=20000)
    parameters = serializers.CharField(max_length=20000)
    open_risks = serializers.CharField(max_length=20000)


class ReceiveIn(Input):
    received_on = serializers.DateField(required=False)


class AcceptanceIn(Input):
    expert = serializers.UUIDField()
    measurements = MeasurementIn(many=True, required=False)
    note = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class ClaimIn(Input):
    fund = serializers.UUIDField()
    loss = Money()
    reason = serializers.CharField(max_length=20000)


class Out(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Base of what goes out."""


class PartyOut(Out):
    organisation = Ref()

    class Meta:
        model = Party
        fields = ["id", "organisation", "role"]


class IndicatorOut(Out):
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
    indicators = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = WorkPackage
        fields = ["id", "project", "title", "deliverable", "due_on", "owner", "indicators", "version"]


class StartOut(Out):
    class Meta:
        model = ProjectStart
        fields = ["id", "project", "signed_by", "signed_at", "definition_hash"]


class FundOut(Out):
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
            for one in reading.dues(gate)
        ]  # fmt: skip

    def get_obstacles_to_go(self, gate: Gate) -> list[str]:
        return [str(one.what) for one in reading.obstacles_to_go(gate)]


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


class ProjectDetail(ProjectOut):
    parties = PartyOut(many=True)
    needs = serializers.SerializerMethodField()
    indicators = IndicatorOut(many=True)
    packages = PackageOut(many=True)
    gates = GateOut(many=True)
    handovers = HandoverOut(many=True)
    money = serializers.SerializerMethodField()
    agreement = serializers.SerializerMethodField()
    missing_before_start = serializers.SerializerMethodField()

    class Meta(ProjectOut.Meta):
        fields = [*ProjectOut.Meta.fields, "parties", "needs", "indicators", "packages", "gates", "handovers", "money", "agreement",
                  "missing_before_start"]  # fmt: skip

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
