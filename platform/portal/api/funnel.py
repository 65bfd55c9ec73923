"""The funnel's and the key figures' REST doors (R026, R048)."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.models import Chain
from core.access import policy
from core.api.throttles import ActorThrottle
from portal.api.doors import actor_of, id_asked
from portal.queries import funnel

CHAIN = OpenApiParameter("chain", OpenApiTypes.UUID, description="Only needs of this chain; without it, of all chains.")


class StageOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    step = serializers.ChoiceField(choices=funnel.Step.choices)
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="Needs that came at least to this step.")
    dropped = serializers.IntegerField(allow_null=True, help_text="Needs of the step before that have not come on.")
    median_days = serializers.DecimalField(
        max_digits=8, decimal_places=1, allow_null=True, source="days", help_text="From the step before, over those that went it."
    )  # fmt: skip
    link = serializers.CharField(help_text="The page that lists the needs counted.")


class FunnelOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    stages = StageOut(many=True)


class KpiOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    key = serializers.CharField()
    name = serializers.CharField(source="label")
    formula = serializers.CharField()
    value = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    unit = serializers.CharField()
    count = serializers.IntegerField(help_text="How many rows stand behind the value.")
    of = serializers.IntegerField(allow_null=True, help_text="Of how many, where the value is a share.")
    link = serializers.CharField(help_text="The page that lists the rows behind the value.")


class KpisOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    figures = KpiOut(many=True)


def _chain(request: Request) -> UUID | None:
    """The chain that was asked for, if one may see it."""
    if "chain" not in request.query_params:
        return None
    found: Chain = policy.fetch(actor_of(request), "chains.view_chain", Chain, id_asked(request, "chain"))
    return found.pk


class FunnelView(APIView):
    """How many needs came how far."""

    room = "needs"
    throttle_classes = [ActorThrottle]

    @extend_schema(operation_id="get_funnel", parameters=[CHAIN], responses=FunnelOut)
    def get(self, request: Request) -> Response:
        """The steps from need to application with counts, drop-offs and median days, over the needs one may see (R048)."""
        stages = funnel.funnel(actor_of(request), _chain(request))
        return Response(FunnelOut({"stages": stages}).data)


class KpisView(APIView):
    """Whether needs pull research."""

    room = "needs"
    throttle_classes = [ActorThrottle]

    @extend_schema(operation_id="get_kpis", parameters=[CHAIN], responses=KpisOut)
    def get(self, request: Request) -> Response:
        """The key figures of need-pulled research, each with its formula and the list behind it (R026)."""
        return Response(KpisOut({"figures": funnel.kpis(actor_of(request), _chain(request))}).data)
