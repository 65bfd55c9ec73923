"""Webhooks' REST door: kinds of news, endpoints, the log."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Door, RoomViewSet, operation
from core.webhooks import actions, kinds
from core.webhooks.api import serializers as forms
from core.webhooks.models import Delivery, Endpoint


class Kinds(Door):
    """The kinds of news that one may ask for."""

    room = "webhooks"
    serializer_class = forms.KindOut
    pagination_class = None  # type: ignore[assignment]  # a short list, given whole

    @extend_schema(responses={200: forms.KindOut(many=True)}, filters=False)
    def list(self, request: Request) -> Response:
        """Every kind with its words."""
        return Response(self.shown(kinds.all_kinds(), many=True))


class Endpoints(RoomViewSet):
    """The addresses of the acting organisation's own systems, for its admins."""

    room, model, view_rule, id_name = "webhooks", Endpoint, "webhooks.view_endpoint", "endpoint_id"
    serializer_class = forms.EndpointOut
    create_action, create_serializer = actions.register_endpoint, forms.EndpointIn
    edit_action, edit_serializer = actions.edit_endpoint, forms.EndpointEdit
    filterset_fields = ["state"]
    search_fields = ["name", "url"]
    ordering_fields = ["created_at", "name"]
    ping = operation(actions.ping_endpoint, path="ping", response=forms.DeliveryOut, code=202)
    pause = operation(actions.pause_endpoint, path="pause")
    resume = operation(actions.resume_endpoint, path="resume")
    rotate_secret = operation(actions.rotate_secret, path="rotate_secret", serializer=forms.RotateIn)
    replay = operation(
        actions.replay_range, path="replay", serializer=forms.ReplayIn, response=forms.Replayed, code=202
    )
    delete = operation(actions.delete_endpoint, path="delete")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")

    def _again(self, row: Any) -> Any:
        """The row with its relations, and the secret if this very request made one."""
        found = super()._again(row)
        if isinstance(row, Endpoint) and row.fresh_secret:
            found.fresh_secret = row.fresh_secret
        return found


class Deliveries(RoomViewSet):
    """The log of what was sent, kept for as many days as the operator says."""

    room, model, view_rule, id_name = "webhooks", Delivery, "webhooks.view_delivery", "delivery_id"
    serializer_class = forms.DeliveryOut
    filterset_fields = {
        "endpoint": ["exact"], "state": ["exact"], "kind": ["exact"], "status": ["exact", "gte", "lt"], "occurred_at": ["gte", "lt"],
    }  # fmt: skip
    ordering_fields = ["created_at", "occurred_at", "sent_at"]
    replay = operation(actions.replay_delivery, path="replay", code=202)

    @extend_schema(responses={200: forms.DeliveryWhole})
    def retrieve(self, request: Request, pk: Any = None) -> Response:
        """One message with every attempt to deliver it."""
        return Response(self.shown(self.fetch(pk), forms.DeliveryWhole))
