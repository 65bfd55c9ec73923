"""The REST door of results and capabilities."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Quantity, Reason, Ref, Whole, open_moves
from core.api.views import RoomViewSet, operation
from core.indicators import services as indicators
from core.indicators.kinds import Direction, Environment
from needs.actions import outcome, qualification, result
from needs.api.matching import match_door, related_door
from needs.api.need import SpecificationRow
from needs.api.outcome import ApplicationIn, ApplicationOut, DemandIn, DemandOut, ResultMeasured
from needs.api.qualification import QualificationEvidenceIn, QualificationEvidenceOut
from needs.models.result import Capability, Result
from needs.queries.idle import with_idleness
from needs.queries.result import specifications_of
from needs.queries.standing import Scales, scales, with_rank
from needs.services.result import MOST_TAGS, TAG_LENGTH
from needs.states.need import OFFERED, DemandSide
from needs.states.result import RESULT


def _mark() -> Any:
    return Whole(max_value=100, required=False, allow_null=True)


class ResultEdit(Input):
    title = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    text = serializers.CharField(max_length=20000, required=False)
    node = serializers.UUIDField(required=False)
    nodes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)
    demand_side = serializers.ChoiceField(choices=DemandSide.choices, required=False, allow_blank=True)
    field = serializers.CharField(max_length=80, required=False, allow_blank=True)  # the result's own word
    trl = Whole(min_value=1, max_value=9, required=False, allow_null=True)
    advancement = _mark()
    fit_process = _mark()
    fit_standard = _mark()
    fit_cost = _mark()
    fit_supply = _mark()
    scores_basis = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    origin_need = serializers.UUIDField(required=False, allow_null=True)
    origin_project = serializers.UUIDField(required=False, allow_null=True)
    confidentiality = serializers.ChoiceField(choices=OFFERED, required=False)


class ResultIn(ResultEdit):
    """A result; its scores are kept apart, and an origin closes the loop."""

    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20000)
    node = serializers.UUIDField()


class ResultValueIn(Input):
    """A value of the indicator `specification`, or of a new one that is named here."""

    specification = serializers.UUIDField(required=False, allow_null=True)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    direction = serializers.ChoiceField(
        choices=[(Direction.HIGHER, "higher"), (Direction.LOWER, "lower")], required=False, allow_blank=True
    )
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)
    value = Quantity(required=False, allow_null=True)
    level = serializers.CharField(max_length=40, required=False, allow_blank=True)
    level_scale = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    uncertainty = Quantity(required=False, allow_null=True)
    environment = serializers.ChoiceField(choices=Environment.choices, required=False, allow_blank=True)
    measured_on = serializers.DateField(required=False, allow_null=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]
    sample_size = Whole(min_value=1, required=False, allow_null=True)


class ResultOut(serializers.ModelSerializer[Result]):
    owner = Ref()
    chain = Ref()
    node = Ref()
    fit = Quantity(allow_null=True)
    standing = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    is_at_risk = serializers.SerializerMethodField()
    is_idle = serializers.SerializerMethodField()

    class Meta:
        model = Result
        fields = [
            "id", "code", "version", "title", "title_en", "owner", "chain", "node", "demand_side", "field", "trl", "advancement", "fit",
            "fit_process", "fit_standard", "fit_cost", "fit_supply", "standing", "reason", "is_at_risk", "is_idle", "origin_need",
            "origin_project_id", "confidentiality", "state", "published_at", "created_at",
        ]  # fmt: skip

    @cached_property
    def _scales(self) -> Scales:
        """The figures of the ranking; for a list, its serializer asks once for all rows."""
        return scales()

    def get_standing(self, row: Result) -> str | None:
        found = self._scales.standing(row)
        return None if found is None else format(found.normalize(), "f")

    def get_reason(self, row: Result) -> str:
        return str(self._scales.reason(row))

    def get_is_at_risk(self, row: Result) -> bool:
        return bool(self._scales.is_at_risk(row))

    def get_is_idle(self, row: Result) -> bool:
        return bool(getattr(row, "is_idle", False))


class ResultDetail(ResultOut):
    nodes = Ref(many=True)
    indicators = serializers.SerializerMethodField()
    measurements = serializers.SerializerMethodField()
    open_moves = serializers.SerializerMethodField()

    class Meta(ResultOut.Meta):
        fields = [
            *ResultOut.Meta.fields, "text", "nodes", "scores_basis", "state_reason", "cleared_for_pilot_at", "indicators", "measurements",
            "open_moves",
        ]  # fmt: skip

    @extend_schema_field(SpecificationRow(many=True))
    def get_indicators(self, row: Result) -> Any:
        return SpecificationRow(specifications_of(row), many=True).data

    @extend_schema_field(ResultMeasured(many=True))
    def get_measurements(self, row: Result) -> Any:
        """The newest value of each indicator."""
        found = indicators.latest(specifications_of(row), row.pk)
        return ResultMeasured(list(found.values()), many=True).data

    def get_open_moves(self, row: Result) -> list[str]:
        return open_moves(self.context["view"].actor, RESULT, row, "needs")


class ResultViewSet(RoomViewSet):
    """Results with both scores, their standing and its reason."""

    room, model, view_rule, id_name = "needs", Result, "needs.view_result", "result_id"
    serializer_class = ResultOut
    create_action, create_serializer = result.post_result, ResultIn
    edit_action, edit_serializer = result.edit_result, ResultEdit
    filterset_fields = {
        "state": ["exact", "in"], "chain": ["exact"], "node": ["exact"], "owner": ["exact"], "demand_side": ["exact"], "field": ["exact"],
        "advancement": ["gte", "lte"], "fit": ["gte", "lte"], "trl": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "code", "title"]
    search_fields = ["code", "title", "title_en", "text", "field"]

    def get_serializer_class(self) -> Any:
        return ResultOut if self.action == "list" else ResultDetail

    result_matches = match_door("result_matches")
    result_related = related_door("result_related")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_idleness(with_rank(rows, scales())).select_related("owner", "chain", "node")

    measure_result = operation(
        result.measure_result, path="measure", serializer=ResultValueIn, response=ResultMeasured, code=201
    )
    publish_result = operation(result.publish_result, path="publish")
    withdraw_result = operation(result.withdraw_result, path="withdraw", serializer=Reason)
    record_application = operation(
        outcome.record_application, path="apply", serializer=ApplicationIn, response=ApplicationOut, code=201
    )
    qualify_result = operation(
        qualification.qualify_result, path="qualify", serializer=QualificationEvidenceIn, response=QualificationEvidenceOut, code=201
    )  # fmt: skip
    ask_of_result = operation(outcome.ask_of_result, path="ask", serializer=DemandIn, response=DemandOut, code=201)
    clear_for_pilot = operation(outcome.clear_for_pilot, path="clear_for_pilot")


class CapabilityEdit(Input):
    title = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    team = serializers.CharField(max_length=120, required=False, allow_blank=True)
    text = serializers.CharField(max_length=20000, required=False)
    nodes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=TAG_LENGTH), required=False, max_length=MOST_TAGS
    )
    field = serializers.CharField(max_length=80, required=False, allow_blank=True)  # the capability's own word


class CapabilityIn(CapabilityEdit):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20000)
    nodes = serializers.ListField(child=serializers.UUIDField(), max_length=200)


class CapabilityOut(serializers.ModelSerializer[Capability]):
    owner = Ref()
    nodes = Ref(many=True)

    class Meta:
        model = Capability
        fields = [
            "id",
            "version",
            "title",
            "title_en",
            "owner",
            "team",
            "text",
            "nodes",
            "tags",
            "field",
            "state",
            "created_at",
        ]


class CapabilityViewSet(RoomViewSet):
    """What teams and organisations are able to do."""

    room, model, view_rule, id_name = "needs", Capability, "needs.view_capability", "capability_id"
    serializer_class = CapabilityOut
    create_action, create_serializer = result.post_capability, CapabilityIn
    edit_action, edit_serializer = result.edit_capability, CapabilityEdit
    filterset_fields = {
        "owner": ["exact"],
        "state": ["exact", "in"],
        "field": ["exact"],
        "nodes": ["exact"],
    }
    search_fields = ["title", "title_en", "text", "team", "tags"]

    capability_matches = match_door("capability_matches")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner").prefetch_related("nodes")

    qualify_capability = operation(
        qualification.qualify_capability, path="qualify", serializer=QualificationEvidenceIn, response=QualificationEvidenceOut, code=201
    )  # fmt: skip
    withdraw_capability = operation(result.withdraw_capability, path="withdraw", serializer=Reason)


routes = [
    ("results", ResultViewSet, "result"),
    ("capabilities", CapabilityViewSet, "capability"),
]
