"""The REST door of what becomes of results: demands before a pilot, applications, outcomes, follow-up needs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Money, Quantity, Reason, Ref, Whole, open_moves
from core.api.views import RoomViewSet, operation
from core.indicators.kinds import ChangeIn, Claim, Direction, Environment, Kind, Operator
from core.indicators.models import Measurement
from needs.actions import openness, outcome
from needs.api.entry_serializers import Openness
from needs.api.need import NeedIn, NeedOut, SpecificationRow
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.queries.outcome import closed_loops, line_of, with_closure
from needs.states.outcome import APPLICATION, RequirementKind


class ResultMeasured(serializers.ModelSerializer[Measurement]):
    value = Quantity(allow_null=True)
    uncertainty = Quantity(allow_null=True)

    class Meta:
        model = Measurement
        fields = [
            "id", "specification", "value", "level", "unit", "uncertainty", "environment", "measured_on", "source", "sample_size", "claim",
        ]  # fmt: skip


class DemandIn(Input):
    """A clause of a production standard, or a cost cap at an annual volume."""

    kind = serializers.ChoiceField(choices=RequirementKind.choices)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name = serializers.CharField(max_length=120)
    spec_kind = serializers.ChoiceField(
        choices=[(Kind.THRESHOLD, "threshold"), (Kind.RANGE, "range")], required=False, default=Kind.THRESHOLD
    )
    operator = serializers.ChoiceField(choices=Operator.choices, required=False, allow_blank=True)
    target = Quantity(required=False, allow_null=True)
    low = Quantity(required=False, allow_null=True)
    high = Quantity(required=False, allow_null=True)
    unit = serializers.CharField(max_length=40)
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)
    volume = Quantity(required=False, allow_null=True)
    volume_unit = serializers.CharField(max_length=40, required=False, allow_blank=True)


class DemandOut(serializers.ModelSerializer[ResultRequirement]):
    specification = SpecificationRow()
    organisation = Ref()
    volume = Quantity(allow_null=True)
    waived_by = Ref(allow_null=True)

    class Meta:
        model = ResultRequirement
        fields = [
            "id", "result", "kind", "clause", "specification", "volume", "volume_unit", "organisation", "waived_by", "waived_at",
            "waive_reason",
        ]  # fmt: skip


class ApplicationIn(Input):
    node = serializers.UUIDField()
    user = serializers.UUIDField(required=False, allow_null=True)
    applied_on = serializers.DateField()
    effect = serializers.CharField(max_length=20000)


class ApplicationOut(serializers.ModelSerializer[Application]):
    result = Ref()
    node = Ref()
    user = Ref(allow_null=True)
    organisation = Ref()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "id", "version", "result", "node", "user", "applied_on", "effect", "state", "state_reason", "is_public", "organisation",
            "answered_at", "created_at", "open_moves",
        ]  # fmt: skip

    def get_open_moves(self, row: Application) -> list[str]:
        return open_moves(self.context["view"].actor, APPLICATION, row, "needs")


class ResultOutcomeIn(Input):
    """An indicator before and after; words with two readings (提升2倍) need the chosen `factor`."""

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    direction = serializers.ChoiceField(
        choices=[(Direction.HIGHER, "higher"), (Direction.LOWER, "lower"), (Direction.WITHIN, "within")]
    )
    unit = serializers.CharField(max_length=40)
    baseline_value = Quantity(required=False, allow_null=True)
    baseline_period = serializers.CharField(max_length=80, required=False, allow_blank=True)
    baseline_source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    baseline_claim = serializers.ChoiceField(choices=Claim.choices, required=False, allow_blank=True)
    value = Quantity(required=False, allow_null=True)
    period = serializers.CharField(max_length=80, required=False, allow_blank=True)
    measured_on = serializers.DateField(required=False, allow_null=True)
    sample_size = Whole(min_value=1, required=False, allow_null=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]
    environment = serializers.ChoiceField(choices=Environment.choices, required=False, allow_blank=True)
    original_words = serializers.CharField(max_length=120, required=False, allow_blank=True)
    factor = Quantity(required=False, allow_null=True)
    expected = Quantity(required=False, allow_null=True)
    expected_in = serializers.ChoiceField(choices=ChangeIn.choices, required=False)
    low = Quantity(required=False, allow_null=True)
    high = Quantity(required=False, allow_null=True)
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ResultOutcomeOut(serializers.ModelSerializer[Outcome]):
    """`percent` and `points` are the two readings of the change; `words` prints the original words with their factor."""

    specification = SpecificationRow()
    measurement = ResultMeasured()
    organisation = Ref()
    verified_by = Ref(source="measurement.verified_by", allow_null=True)
    percent = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    change = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    is_better = serializers.SerializerMethodField()

    class Meta:
        model = Outcome
        fields = [
            "id", "version", "application", "specification", "measurement", "period", "percent", "points", "change", "words", "is_better",
            "is_from_factor", "state", "state_reason", "organisation", "verified_by", "answered_at", "created_at",
        ]  # fmt: skip

    def get_percent(self, row: Outcome) -> str | None:
        return _figure(row, "percent")

    def get_points(self, row: Outcome) -> str | None:
        return _figure(row, "points")

    def get_change(self, row: Outcome) -> str:
        return line_of(row).change_text

    def get_words(self, row: Outcome) -> str:
        return str(line_of(row).words)

    def get_is_better(self, row: Outcome) -> bool:
        return line_of(row).verdict.is_met


def _figure(row: Outcome, name: str) -> str | None:
    moved = line_of(row).change
    found = getattr(moved, name) if moved else None
    return None if found is None else format(found.normalize(), "f")


class FollowUpIn(NeedIn):
    """A need as at `needs/`; at the application's node unless another is named."""


class FollowUpOut(serializers.ModelSerializer[FollowUp]):
    need = NeedOut()
    result = serializers.UUIDField(source="application.result_id")
    origin_need = serializers.UUIDField(source="application.result.origin_need_id", allow_null=True)
    origin_project = serializers.UUIDField(source="application.result.origin_project_id", allow_null=True)
    is_closed = serializers.SerializerMethodField()

    class Meta:
        model = FollowUp
        fields = ["id", "application", "need", "result", "origin_need", "origin_project", "is_closed", "created_at"]

    def get_is_closed(self, row: FollowUp) -> bool:
        return (
            closed_loops(FollowUp.objects.filter(pk=row.pk)).exists()
            if not hasattr(row, "is_closed")
            else bool(row.is_closed)
        )


class ReinvestmentIn(Input):
    amount = Money()
    invested_on = serializers.DateField()
    purpose = serializers.CharField(max_length=5000)
    follow_up = serializers.UUIDField(required=False, allow_null=True)


class ReinvestmentOut(serializers.ModelSerializer[Reinvestment]):
    organisation = Ref()

    class Meta:
        model = Reinvestment
        fields = ["id", "application", "organisation", "follow_up", "amount", "invested_on", "purpose", "created_at"]


class DemandViewSet(RoomViewSet):
    """What results must keep before their pilot."""

    room, model, view_rule, id_name = "needs", ResultRequirement, "needs.view_result_requirement", "requirement_id"
    serializer_class = DemandOut
    filterset_fields = ["result", "kind"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("specification", "organisation", "waived_by")

    waive_requirement = operation(outcome.waive_requirement, path="waive", serializer=Reason)


class ApplicationViewSet(RoomViewSet):
    """Where results are applied, by whom and with which effect."""

    room, model, view_rule, id_name = "needs", Application, "needs.view_application", "application_id"
    serializer_class = ApplicationOut
    filterset_fields = {"result": ["exact"], "node": ["exact"], "user": ["exact"], "state": ["exact", "in"]}
    search_fields = ["effect"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("result", "node", "user", "organisation")

    show_application = operation(openness.show_application, path="show", serializer=Openness)
    confirm_application = operation(outcome.confirm_application, path="confirm")
    deny_application = operation(outcome.deny_application, path="deny", serializer=Reason)
    withdraw_application = operation(outcome.withdraw_application, path="withdraw", serializer=Reason)
    record_outcome = operation(
        outcome.record_outcome, path="record_outcome", serializer=ResultOutcomeIn, response=ResultOutcomeOut, code=201
    )
    raise_follow_up = operation(
        outcome.raise_follow_up, path="raise_follow_up", serializer=FollowUpIn, response=FollowUpOut, code=201
    )
    record_reinvestment = operation(
        outcome.record_reinvestment, path="reinvest", serializer=ReinvestmentIn, response=ReinvestmentOut, code=201
    )


class OutcomeViewSet(RoomViewSet):
    """What applications changed: baseline, value, both readings of the change, who says so."""

    room, model, view_rule, id_name = "needs", Outcome, "needs.view_outcome", "outcome_id"
    serializer_class = ResultOutcomeOut
    filterset_fields = {"application": ["exact"], "state": ["exact", "in"], "application__result": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("specification", "measurement__verified_by", "organisation")

    verify_outcome = operation(outcome.verify_outcome, path="verify")
    dispute_outcome = operation(outcome.dispute_outcome, path="dispute", serializer=Reason)
    withdraw_outcome = operation(outcome.withdraw_outcome, path="withdraw", serializer=Reason)


class FollowUpViewSet(RoomViewSet):
    """Needs that grew out of applied results, and whether their loop is closed."""

    room, model, view_rule = "needs", FollowUp, "needs.view_follow_up"
    serializer_class = FollowUpOut
    filterset_fields = ["application", "need"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = with_closure(rows).select_related("need__owner", "need__chain", "need__node", "application__result")
        return rows.prefetch_related("need__more_chains__chain", "need__more_chains__node")


class ReinvestmentViewSet(RoomViewSet):
    """Money that went back into innovation."""

    room, model, view_rule = "needs", Reinvestment, "needs.view_reinvestment"
    serializer_class = ReinvestmentOut
    filterset_fields = ["application"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")


routes = [
    ("result-demands", DemandViewSet, "result-demand"),
    ("applications", ApplicationViewSet, "application"),
    ("outcomes", OutcomeViewSet, "outcome"),
    ("follow-ups", FollowUpViewSet, "follow-up"),
    ("reinvestments", ReinvestmentViewSet, "reinvestment"),
]
