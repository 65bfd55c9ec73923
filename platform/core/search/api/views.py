"""Search's REST door."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import policy
from core.api.throttles import ActorThrottle, SearchThrottle
from core.errors import NotAllowed
from core.search import queries
from core.search.models import Document

LONGEST = 200
WORDS = {"type": "string", "maxLength": LONGEST}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


class PairOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: two words
    asked = serializers.CharField()
    found = serializers.CharField()
    chain = serializers.CharField(help_text="The chain that calls it so; empty where the two are two languages.")


class DocumentOut(serializers.ModelSerializer[Document]):
    bridged = serializers.SerializerMethodField(
        help_text="The words it was found by that are not those asked: both of them."
    )

    class Meta:
        model = Document
        fields = ["object_type", "object_id", "room", "kind", "title", "link", "bridged", "updated_at"]

    @extend_schema_field(PairOut(many=True))
    def get_bridged(self, row: Document) -> list[dict[str, str]]:
        pairs: list[dict[str, str]] = self.context["bridged"].get(row.pk, [])
        return pairs


class SearchOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    counts = serializers.DictField(child=serializers.IntegerField())
    results = DocumentOut(many=True)


class SearchView(APIView):
    """Everything that one may find, in both languages, with counts per kind over visible rows only."""

    room = "search"
    throttle_classes = [ActorThrottle, SearchThrottle]

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", WORDS, description="Words in Chinese or English."),
            OpenApiParameter(
                "kind", WORDS, description="Only results of this kind; the kinds are the names in `counts`."
            ),
            OpenApiParameter("limit", LIMIT, description="How many results."),
        ],
        responses=SearchOut,
    )
    def get(self, request: Request) -> Response:
        """Find what one may see, in both languages, with counts per kind."""
        actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            raise exceptions.NotAuthenticated
        if not policy.scope_allows(actor, "search.view_document"):
            raise NotAllowed("The access token lacks the scope search:read.", code="insufficient_scope")
        limit = request.query_params.get("limit", "50")
        if not (limit.isascii() and limit.isdigit() and len(limit) < 4) or not 1 <= int(limit) <= 200:
            raise exceptions.ValidationError({"limit": ["Between 1 and 200."]})
        long = [name for name in ("q", "kind") if len(request.query_params.get(name, "")) > LONGEST]
        if long:
            raise exceptions.ValidationError({name: ["At most 200 characters."] for name in long})
        found = queries.search(actor, request.query_params.get("q", ""))
        counts = queries.counts_by_kind(found)
        kind = request.query_params.get("kind")
        found = found.filter(kind=kind) if kind else found
        rows = list(found[: int(limit)])
        told = {"bridged": queries.bridged(request.query_params.get("q", ""), rows)}
        return Response({"counts": counts, "results": DocumentOut(rows, many=True, context=told).data})
