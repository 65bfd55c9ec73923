"""Search's REST door."""

from __future__ import annotations

from collections import Counter
from typing import Any

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
PER_GROUP = {"type": "integer", "minimum": 0, "maximum": 20, "default": 0}


class PairOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: two words
    asked = serializers.CharField()
    found = serializers.CharField()
    chain = serializers.CharField(help_text="The chain that calls it so; empty where the two are two languages.")


class DocumentOut(serializers.ModelSerializer[Document]):
    bridged = serializers.SerializerMethodField(
        help_text="The words it was found by that are not those asked: both of them."
    )

    is_akin = serializers.BooleanField(
        read_only=True, help_text="It was found not by its words, but because it is near in meaning or spelling."
    )

    class Meta:
        model = Document
        fields = ["object_type", "object_id", "room", "kind", "title", "link", "bridged", "is_akin", "updated_at"]

    @extend_schema_field(PairOut(many=True))
    def get_bridged(self, row: Document) -> list[dict[str, str]]:
        pairs: list[dict[str, str]] = self.context["bridged"].get(row.pk, [])
        return pairs


class GroupOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    group = serializers.CharField(help_text="The kind; for offers and requests people, data, fund or technology.")
    count = serializers.IntegerField()
    results = DocumentOut(many=True)


class SearchOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    counts = serializers.DictField(child=serializers.IntegerField())
    results = DocumentOut(many=True)
    groups = GroupOut(many=True, help_text="The best of each group, where `per_group` asks for them; else empty.")


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
            OpenApiParameter("per_group", PER_GROUP, description="How many results of each group."),
        ],
        responses=SearchOut,
    )
    def get(self, request: Request) -> Response:
        """Find what one may see, in both languages, with counts per kind and, on demand, the best of each group (R048)."""
        actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            raise exceptions.NotAuthenticated
        if not policy.scope_allows(actor, "search.view_document"):
            raise NotAllowed("The access token lacks the scope search:read.", code="insufficient_scope")
        limit, per_group = _number(request, "limit", LIMIT), _number(request, "per_group", PER_GROUP)
        long = [name for name in ("q", "kind") if len(request.query_params.get(name, "")) > LONGEST]
        if long:
            raise exceptions.ValidationError({name: ["At most 200 characters."] for name in long})
        found = queries.hits(actor, request.query_params.get("q", ""))
        counts = dict(Counter(one.kind for one in found))
        sizes = Counter(one.group for one in found)
        best: dict[str, list[queries.Hit]] = {}
        for one in found:
            best.setdefault(one.group, []).append(one)
        kind = request.query_params.get("kind")
        rows = queries.documents_of([one for one in found if not kind or one.kind == kind][:limit])
        of_groups = (
            {key: queries.documents_of(of_group[:per_group]) for key, of_group in best.items()} if per_group else {}
        )
        every = [*rows, *(row for of_group in of_groups.values() for row in of_group)]
        told = {"bridged": queries.bridged(request.query_params.get("q", ""), every)}
        groups = [
            {"group": key, "count": sizes[key], "results": DocumentOut(of_group, many=True, context=told).data}
            for key, of_group in of_groups.items()
        ]
        results = DocumentOut(rows, many=True, context=told).data
        return Response({"counts": counts, "results": results, "groups": groups})


def _number(request: Request, name: str, about: dict[str, Any]) -> int:
    """The whole number that stands in the question under this name."""
    text = request.query_params.get(name, str(about["default"]))
    low, high = about["minimum"], about["maximum"]
    if not (text.isascii() and text.isdigit() and len(text) < 4) or not low <= int(text) <= high:
        raise exceptions.ValidationError({name: [f"Between {low} and {high}."]})
    return int(text)
