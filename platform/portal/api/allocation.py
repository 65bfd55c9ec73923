"""The allocation view's REST door (R022)."""

from __future__ import annotations

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.serializers import Ref
from core.api.throttles import ActorThrottle
from needs.models import Need
from needs.queries.library import of_chain
from portal.api.doors import actor_of, id_asked
from portal.queries import allocation

MOST = 500


class AllocatedOut(serializers.ModelSerializer[Need]):
    chain = Ref()
    teams = serializers.IntegerField()
    money = serializers.DecimalField(max_digits=18, decimal_places=2, help_text="Yuan held or paid for stages.")
    machines = serializers.IntegerField()
    is_unserved = serializers.BooleanField(help_text="Urgent, and no team serves it.")
    is_crowded = serializers.BooleanField(help_text="Less urgent, and teams crowd it.")

    class Meta:
        model = Need
        fields = ["id", "code", "title", "chain", "priority", "teams", "money", "machines", "is_unserved", "is_crowded"]


class AllocationOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    unserved = serializers.IntegerField()
    crowded = serializers.IntegerField()
    needs = AllocatedOut(many=True, help_text="The most urgent first, at most five hundred.")


class AllocationView(APIView):
    """Needs by priority against what is committed to them."""

    room = "needs"
    throttle_classes = [ActorThrottle]

    @extend_schema(
        operation_id="get_allocation", responses=AllocationOut,
        parameters=[OpenApiParameter("chain", OpenApiTypes.UUID, description="Only needs of this chain.")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Needs by priority with teams, money and machines; which nobody serves, and which are crowded (R022)."""
        rows = allocation.allocated(actor_of(request))
        if "chain" in request.query_params:
            rows = rows.filter(of_chain(str(id_asked(request, "chain"))))
        flags = {
            "unserved": rows.filter(Q(is_unserved=True)).count(),
            "crowded": rows.filter(Q(is_crowded=True)).count(),
        }
        needs = rows.select_related("chain").order_by("priority", "-published_at")[:MOST]
        return Response(AllocationOut({**flags, "needs": needs}).data)
