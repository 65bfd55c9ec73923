"""The REST door of resources and flows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from chains.models import Chain
from core.access import policy
from core.api.serializers import Input, Money, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import offer as actions
from needs.models.offer import Flow, Offer
from needs.queries.flow_map import Edge, FlowMap, flow_map
from needs.states.offer import FLOW, Direction, FlowDirection, OfferReach, ResourceKind


class OfferEdit(Input):
    title = serializers.CharField(max_length=200, required=False)
    text = serializers.CharField(max_length=20000, required=False)
    terms = serializers.CharField(max_length=20000, required=False)
    amount = Money(required=False, allow_null=True)
    open_until = serializers.DateField(required=False, allow_null=True)
    is_repeatable = serializers.BooleanField(required=False)
    reach = serializers.ChoiceField(choices=OfferReach.choices, required=False)
    readers = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=50, help_text="Who reads it where `reach` is `chosen`."
    )  # fmt: skip


class OfferIn(OfferEdit):
    """A resource on offer, or asked for."""

    direction = serializers.ChoiceField(choices=Direction.choices)
    kind = serializers.ChoiceField(choices=ResourceKind.choices)
    node = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20000)
    terms = serializers.CharField(max_length=20000)


class OfferOut(serializers.ModelSerializer[Offer]):
    owner = Ref()
    node = Ref()
    chain = Ref(source="node.chain")

    class Meta:
        model = Offer
        fields = [
            "id", "code", "version", "direction", "kind", "title", "text", "terms", "amount", "owner", "chain", "node", "open_until",
            "is_repeatable", "reach", "state", "state_reason", "created_at",
        ]  # fmt: skip


class ProposeIn(Input):
    counterpart = serializers.UUIDField(
        help_text="The request that the offer goes to, or the offer that the request takes."
    )
    agreement = serializers.CharField(max_length=200)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)


class FlowOut(serializers.ModelSerializer[Flow]):
    giver = Ref()
    taker = Ref()
    from_node = Ref()
    to_node = Ref()
    proposed_for = Ref()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = Flow
        fields = [
            "id", "version", "kind", "direction", "offer", "request", "giver", "taker", "from_node", "to_node", "terms", "agreement",
            "starts_on", "state", "proposed_for", "reason", "recorded_at", "created_at", "open_moves",
        ]  # fmt: skip

    def get_open_moves(self, row: Flow) -> list[str]:
        return open_moves(self.context["view"].actor, FLOW, row, "needs")


class EdgeOut(serializers.Serializer[Edge]):
    from_node = Ref()
    to_node = Ref()
    kind = serializers.ChoiceField(choices=ResourceKind.choices)
    count = serializers.IntegerField()


class FlowMapOut(serializers.Serializer[FlowMap]):
    """What flows on a chain: in all, by kind, by direction, and from node to node."""

    total = serializers.IntegerField()
    by_kind = serializers.DictField(child=serializers.IntegerField())
    by_direction = serializers.DictField(child=serializers.IntegerField())
    edges = EdgeOut(many=True)


class OfferViewSet(RoomViewSet):
    """Technology, talent, data and capital: what is offered and what is asked for."""

    room, model, view_rule, id_name = "needs", Offer, "needs.view_offer", "offer_id"
    serializer_class = OfferOut
    create_action, create_serializer = actions.post_offer, OfferIn
    edit_action, edit_serializer = actions.edit_offer, OfferEdit
    filterset_fields = {
        "direction": ["exact"], "kind": ["exact"], "state": ["exact"], "owner": ["exact"], "node": ["exact"], "node__chain": ["exact"],
        "amount": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "title"]
    search_fields = ["code", "title", "text", "terms"]
    withdraw_offer = operation(actions.withdraw_offer, path="withdraw", serializer=Reason)
    propose_flow = operation(
        actions.propose_flow, path="propose_flow", serializer=ProposeIn, response=FlowOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner", "node__chain")


class FlowViewSet(RoomViewSet):
    """Flows from an offer to a request: proposed by one side, recorded when the other agrees."""

    room, model, view_rule, id_name = "needs", Flow, "needs.view_flow", "flow_id"
    serializer_class = FlowOut
    filterset_fields = {
        "kind": ["exact"], "direction": ["exact"], "state": ["exact"], "offer": ["exact"], "request": ["exact"], "giver": ["exact"],
        "taker": ["exact"], "from_node": ["exact"], "to_node": ["exact"], "from_node__chain": ["exact"], "to_node__chain": ["exact"],
        "starts_on": ["gte", "lte"],
    }  # fmt: skip
    accept_flow = operation(actions.accept_flow, path="accept")
    decline_flow = operation(actions.decline_flow, path="decline", serializer=Reason)
    withdraw_flow = operation(actions.withdraw_flow, path="withdraw")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("giver", "taker", "from_node", "to_node", "proposed_for")

    @extend_schema(
        operation_id="get_flow_map",
        parameters=[
            OpenApiParameter("chain", OpenApiTypes.UUID, required=True),
            OpenApiParameter("kind", str, enum=ResourceKind.values),
            OpenApiParameter("direction", str, enum=FlowDirection.values),
        ],
        responses=FlowMapOut,
    )
    @action(detail=False, methods=["get"], url_path="map", filter_backends=[])
    def map(self, request: Request) -> Response:
        """A chain's flow map over the recorded flows one may see, by kind and direction (R003)."""
        asked = request.query_params
        for name, known in (("kind", ResourceKind.values), ("direction", FlowDirection.values)):
            if name in asked and asked[name] not in known:
                raise ValidationError({name: ["There is no such choice."]})
        try:
            chain_id = UUID(asked.get("chain", ""))
        except ValueError:
            raise ValidationError({"chain": ["Give the id of a chain."]}) from None
        chain = policy.fetch(self.actor, "chains.view_chain", Chain, chain_id)
        found = flow_map(self.actor, chain, kind=asked.get("kind", ""), direction=asked.get("direction", ""))
        return Response(self.shown(found, FlowMapOut))
