"""The island report's REST door (R001)."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import policy
from core.accounts.models import Organisation
from core.api.serializers import Ref
from core.api.throttles import ActorThrottle, SearchThrottle
from needs.models import Need
from portal.api.doors import actor_of, id_asked
from portal.queries import islands

MOST = 200


class IslandsOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    """How many stand alone, and the first two hundred of each."""

    count = serializers.IntegerField(help_text="Organisations and needs together.")
    organisations = Ref(many=True)
    needs = Ref(many=True)
    results = Ref(many=True)
    nodes = Ref(many=True)


class SuggestionOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    need = Ref()
    organisation = Ref()
    because = serializers.CharField(help_text="The result, capability or need in which the words agree.")
    link = serializers.CharField()


class SuggestionsOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    suggestions = SuggestionOut(many=True)


class IslandsView(APIView):
    """Who and what has no link to the other side."""

    room = "needs"
    throttle_classes = [ActorThrottle]

    @extend_schema(operation_id="get_islands", responses=IslandsOut)
    def get(self, request: Request) -> Response:
        """Organisations, needs, results and nodes without a link to the other side, as far as one may see (R001)."""
        actor = actor_of(request)
        answer = {
            "count": islands.island_count(actor), "organisations": islands.lonely_organisations(actor).order_by("name")[:MOST],
            "needs": islands.lonely_needs(actor)[:MOST], "results": islands.lonely_results(actor)[:MOST],
            "nodes": islands.lonely_nodes(actor)[:MOST],
        }  # fmt: skip
        return Response(IslandsOut(answer).data)


class SuggestionsView(APIView):
    """Who fits a need or an organisation that stands alone."""

    room = "needs"
    throttle_classes = [ActorThrottle, SearchThrottle]

    @extend_schema(
        operation_id="get_island_suggestions",
        parameters=[
            OpenApiParameter("need", OpenApiTypes.UUID, description="Partners for this need; without it:"),
            OpenApiParameter(
                "organisation",
                OpenApiTypes.UUID,
                description="Needs for this organisation, or one's own; beside a need, only this partner.",
            ),
        ],
        responses=SuggestionsOut,
    )
    def get(self, request: Request) -> Response:
        """Partners from the other side, best first, each with what they have in common (R001)."""
        actor = actor_of(request)
        asked = {name: id_asked(request, name) for name in ("need", "organisation") if name in request.query_params}
        own = asked.get("organisation", actor.organisation_id)
        if "need" in asked:
            need = policy.fetch(actor, "needs.view_need", Need, asked["need"])
            islands.may_look(actor, need.owner_id)
            found = islands.partners_for_need(actor, need)
            found = [one for one in found if asked.get("organisation", one.organisation.pk) == one.organisation.pk]
        elif own is not None:
            row = policy.fetch(actor, "accounts.view_organisation", Organisation, own)
            islands.may_look(actor, row.pk)
            found = islands.needs_for(actor, row)
        else:
            found = []
        return Response(SuggestionsOut({"suggestions": found}).data)
