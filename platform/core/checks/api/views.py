"""The alerts' REST door, and that of the figures that fire them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filters
from core.api.pages import Pages
from core.api.serializers import Input, Quantity, Reason, Ref
from core.api.views import KEY_HEADER, Door, RoomViewSet, operation
from core.checks import actions
from core.checks.models import Alert, Mute, ThresholdChange
from core.checks.queries import ThresholdRow, threshold_history, thresholds_of
from core.checks.registry import chains_seen_by
from core.checks.states import AlertState
from core.errors import NotFound


class MuteOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()
    person = serializers.CharField(source="person.name")

    class Meta:
        model = Mute
        fields = ["organisation", "person", "reason", "until", "created_at"]


class AlertOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    state = serializers.ChoiceField(
        AlertState.choices, source="standing", read_only=True, help_text="As the acting organisation sees it: muted only by its own word."
    )  # fmt: skip
    mute_reason = serializers.CharField(
        source="own_reason", read_only=True, help_text="Why the acting organisation muted it."
    )
    muted_until = serializers.DateTimeField(source="own_until", allow_null=True, read_only=True)
    mutes = MuteOut(many=True, read_only=True, help_text="Which organisations call it a false alarm.")

    class Meta:
        model = Alert
        fields = [
            "id", "code", "severity", "rule", "numbers", "object_type", "object_id", "object_label", "chain_id", "clears", "link", "state",
            "mute_reason", "muted_until", "mutes", "cleared_at", "created_at",
        ]  # fmt: skip


class AlertFilters(Filters):
    class Meta:
        model = Alert
        fields = {
            "code": ["exact"], "state": ["exact", "in"], "severity": ["exact", "in"], "chain_id": ["exact"], "object_id": ["exact"],
            "created_at": ["gte", "lt"],
        }  # fmt: skip

    def __init__(self, *given: Any, **words: Any) -> None:
        super().__init__(*given, **words)
        for name in ("state", "state__in"):
            self.filters[name].field_name = "standing"  # as the acting organisation sees it


class MuteIn(Reason):
    until = serializers.DateTimeField(required=False, allow_null=True)


class MuteManyIn(MuteIn):
    alert_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=actions.AT_ONCE)


class UnmuteIn(Input):
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class Alerts(RoomViewSet):
    room, model, view_rule, id_name = "checks", Alert, "checks.view_alert", "alert_id"
    serializer_class = AlertOut
    filterset_class = AlertFilters
    mute = operation(actions.mute_alert, path="mute", serializer=MuteIn)
    unmute = operation(actions.unmute_alert, path="unmute", serializer=UnmuteIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("mutes__organisation", "mutes__person")

    @extend_schema(request=MuteManyIn, responses=AlertOut(many=True), parameters=[KEY_HEADER])
    @action(detail=False, methods=["post"], url_path="mute_many", filter_backends=[], pagination_class=None)
    def mute_many(self, request: Request) -> Response:
        """Call several alerts false alarms for one's own organisation and one reason, all or none."""
        muted = actions.mute_alerts(actor=self.actor, **self.checked(MuteManyIn))
        seen = self.get_queryset().in_bulk([one.pk for one in muted])
        return Response(self.shown([seen[one.pk] for one in muted], AlertOut, many=True))


class ChangeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    value = Quantity(allow_null=True)
    before = Quantity()
    person = serializers.CharField(source="person.name")
    organisation = serializers.CharField(source="organisation.name")

    class Meta:
        model = ThresholdChange
        fields = ["id", "code", "name", "chain_id", "value", "before", "reason", "person", "organisation", "created_at"]


class ThresholdOut(serializers.Serializer):  # type: ignore[type-arg]
    """A rule's figure as it stands for one chain."""

    code = serializers.CharField(source="check.code")
    name = serializers.CharField(source="threshold.name")
    title = serializers.CharField(source="threshold.label")
    unit = serializers.CharField(source="threshold.unit")
    low = Quantity()
    high = Quantity()
    default = Quantity()
    value = Quantity()
    is_default = serializers.BooleanField()
    last = ChangeOut(allow_null=True)


class ThresholdIn(Input):
    chain_id = serializers.UUIDField()
    code = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=40)
    value = Quantity(allow_null=True)
    reason = serializers.CharField(max_length=5000)


CHAIN = OpenApiParameter(
    "chain_id", OpenApiTypes.UUID, required=True, description="The chain whose figures are asked for."
)


class Thresholds(Door):
    """The figures of one chain; their history; changing one."""

    room = "checks"
    serializer_class = ThresholdOut
    pagination_class = None  # type: ignore[assignment]
    filter_backends = []
    asks = {"chain_id"}

    @extend_schema(parameters=[CHAIN], responses=ThresholdOut(many=True))
    def list(self, request: Request) -> Response:
        """Every rule's figures as they stand for the chain."""
        return Response(self.shown(thresholds_of(self._chain()), ThresholdOut, many=True))

    @extend_schema(operation_id="list_threshold_changes", parameters=[CHAIN], responses=ChangeOut(many=True))
    @action(detail=False, methods=["get"], url_path="history", pagination_class=Pages)
    def history(self, request: Request) -> Response:
        """Who changed which figure of the chain, when and why; newest first."""
        page = self.paginate_queryset(threshold_history(self._chain()))
        return self.get_paginated_response(self.shown(page, ChangeOut, many=True))

    @extend_schema(
        operation_id="change_threshold", request=ThresholdIn, responses=ThresholdOut, parameters=[KEY_HEADER]
    )
    @action(detail=False, methods=["post"], url_path="change")
    def change(self, request: Request) -> Response:
        """Set a figure for a chain, with the reason; null returns to the default."""
        values = self.checked(ThresholdIn)
        actions.change_threshold(actor=self.actor, **values)
        return Response(self.shown(_one(values["chain_id"], values["code"], values["name"]), ThresholdOut))

    def _chain(self) -> UUID:
        asked = self.request.query_params.get("chain_id", "")
        try:
            chain_id = UUID(asked)
        except ValueError:
            raise serializers.ValidationError({"chain_id": ["Give the id of a chain."]}) from None
        if not any(pk == chain_id for pk, _name in chains_seen_by(self.actor)):
            raise NotFound("There is no such chain.")
        return chain_id


def _one(chain_id: UUID, code: str, name: str) -> Any:
    rows: list[ThresholdRow] = thresholds_of(chain_id)
    return next(row for row in rows if (row.check.code, row.threshold.name) == (code, name))
