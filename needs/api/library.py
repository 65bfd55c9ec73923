"""The library by REST: the list's own filters, facets with counts, and the matrix of nodes and demand sides (R002, R019)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, ChoiceFilter, UUIDFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from chains.models import Chain
from core.access import policy
from core.api.filters import Filters
from core.api.serializers import Ref
from needs.models import Need
from needs.queries import library
from needs.states.library import BudgetBand, DeadlineBand, Freshness
from needs.states.need import DemandSide, NeedState


class NeedFilters(Filters):
    """What a list of needs may be asked; `q` searches both languages, as the page does."""

    chain = UUIDFilter(method="by_chain")
    node = UUIDFilter(method="by_node")
    q = CharFilter(method="by_words", max_length=200)
    band = ChoiceFilter(choices=BudgetBand.choices, method="by_choice")
    by = ChoiceFilter(choices=DeadlineBand.choices, method="by_choice")
    fresh = ChoiceFilter(choices=Freshness.choices, method="by_choice")

    class Meta:
        model = Need
        fields = {
            "state": ["exact", "in"], "demand_side": ["exact"], "owner": ["exact"], "field": ["exact"],
            "region_code": ["exact", "startswith"], "budget": ["gte", "lte"], "priority": ["exact", "lte", "gte"], "deadline_on": ["gte", "lte"],
        }  # fmt: skip

    def by_chain(self, rows: QuerySet[Need], name: str, value: UUID) -> QuerySet[Need]:
        return rows.filter(library.of_chain(str(value)))

    def by_node(self, rows: QuerySet[Need], name: str, value: UUID) -> QuerySet[Need]:
        return rows.filter(library.of_node(str(value)))

    def by_words(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        actor = self.request._request.actor
        return rows.filter(library.ASKED["q"](actor, value))

    def by_choice(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        return rows.filter(
            {"band": library.of_budget, "by": library.of_deadline, "fresh": library.of_freshness}[name](value)
        )


class FacetValue(serializers.Serializer[library.FacetCount]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a facet value's word
    count = serializers.IntegerField()


class FacetsOut(serializers.Serializer[Any]):
    """By facet, the values that the found needs have, with their counts; the most frequent first where they are many."""

    chain = FacetValue(many=True)
    node = FacetValue(many=True)
    side = FacetValue(many=True)
    state = FacetValue(many=True)
    field = FacetValue(many=True)
    region = FacetValue(many=True)
    band = FacetValue(many=True)
    by = FacetValue(many=True)
    fresh = FacetValue(many=True)


class SideCounts(serializers.Serializer[Any]):
    rd = serializers.IntegerField()
    production = serializers.IntegerField()
    supply = serializers.IntegerField()
    service = serializers.IntegerField()


class MatrixRowOut(serializers.Serializer[library.MatrixRow]):
    node = Ref()
    counts = serializers.SerializerMethodField()
    total = serializers.IntegerField()
    gaps = serializers.IntegerField(help_text="Sides without a need.")

    @extend_schema_field(SideCounts)
    def get_counts(self, row: library.MatrixRow) -> Any:
        return _by_side(row.counts)


class MatrixOut(serializers.Serializer[library.SideMatrix]):
    """Needs of one chain by node and demand side; `totals` counts a need once, also where it concerns several nodes."""

    chain = Ref()
    rows = MatrixRowOut(many=True)
    totals = serializers.SerializerMethodField()
    total = serializers.IntegerField()
    gaps = serializers.IntegerField(help_text="Cells without a need.")

    @extend_schema_field(SideCounts)
    def get_totals(self, matrix: library.SideMatrix) -> Any:
        return _by_side(matrix.totals)


def _by_side(counts: Any) -> Any:
    return dict(zip(DemandSide.values, counts, strict=True))


def question(request: Request) -> dict[str, str]:
    """What the request asks the library, or 400 naming what is not understood."""
    actor = request._request.actor  # type: ignore[attr-defined]
    asked = {name: str(value) for name, value in request.query_params.items()}
    return understood(actor, asked)


def understood(actor: Any, asked: Mapping[str, str]) -> dict[str, str]:
    """The question, or 400 naming what is not understood."""
    wrong = {name: "" for name, value in asked.items() if not value} | library.wrong_in(actor, asked)
    if wrong:
        raise serializers.ValidationError({name: ["The library cannot be asked this."] for name in wrong})
    return dict(asked)


_STATES = [library.OPEN, *NeedState.values]
_NAMED = [
    OpenApiParameter("q", OpenApiTypes.STR, description="Words of either language."),
    OpenApiParameter("whose", OpenApiTypes.STR, enum=["ours"], description="Only the acting organisation's."),
    OpenApiParameter("chain", OpenApiTypes.UUID, description="Id of a chain."),
    OpenApiParameter("node", OpenApiTypes.UUID, description="Id of a node."),
    OpenApiParameter("side", OpenApiTypes.STR, enum=DemandSide.values, description="A demand side."),
    OpenApiParameter("state", OpenApiTypes.STR, enum=_STATES, description="A state, or `open`."),
    OpenApiParameter("field", OpenApiTypes.STR, description="A field, exactly."),
    OpenApiParameter("region", OpenApiTypes.STR, description="A region's code."),
    OpenApiParameter("band", OpenApiTypes.STR, enum=BudgetBand.values, description="A budget band."),
    OpenApiParameter("by", OpenApiTypes.STR, enum=DeadlineBand.values, description="A deadline band."),
    OpenApiParameter("fresh", OpenApiTypes.STR, enum=Freshness.values, description="Freshness of the review."),
]


class LibraryDoors:
    """What the viewset of needs offers beside its rows."""

    @extend_schema(operation_id="count_facets", parameters=_NAMED, responses=FacetsOut)
    @action(detail=False, methods=["get"], url_path="facets", filter_backends=[], pagination_class=None)
    def count_facets(self: Any, request: Request) -> Response:
        """How the needs that fit spread over chain, node, side, state, field, region, budget, deadline and freshness."""
        return Response(self.shown(library.facets(self.actor, question(request)), FacetsOut))

    @extend_schema(
        operation_id="side_matrix",
        parameters=[
            OpenApiParameter("chain", OpenApiTypes.UUID, required=True, description="The chain."),
            OpenApiParameter("state", OpenApiTypes.STR, enum=_STATES, description="A state, or `open` (the default)."),
        ],
        responses=MatrixOut,
    )
    @action(detail=False, methods=["get"], url_path="matrix", filter_backends=[], pagination_class=None)
    def side_matrix(self: Any, request: Request) -> Response:
        """How many needs stand at each node of a chain for each demand side, and where there are none."""
        asked = {"state": library.OPEN} | question(request)
        if set(asked) - {"chain", "state"}:
            raise serializers.ValidationError(
                {name: ["Unknown parameter."] for name in set(asked) - {"chain", "state"}}
            )
        try:
            chain = policy.fetch(self.actor, "chains.view_chain", Chain, asked.pop("chain"))
        except KeyError:
            raise serializers.ValidationError({"chain": ["Give the id of a chain."]}) from None
        return Response(self.shown(library.side_matrix(self.actor, chain, asked), MatrixOut))
