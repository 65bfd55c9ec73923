"""Saved searches by REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import saved_search as actions
from needs.models.library import SavedSearch
from needs.queries.saved_search import hits_of
from needs.states.library import Pace


class SavedSearchIn(Input):
    name = serializers.CharField(max_length=120)
    query = serializers.DictField(
        child=serializers.CharField(max_length=200),
        help_text="What the library is asked, by the names of its facets: q, chain, node, side, state, field, region, band, by, fresh.",
    )
    pace = serializers.ChoiceField(choices=Pace.choices, required=False, default=Pace.DAILY)


class SavedSearchChangeIn(Input):
    name = serializers.CharField(max_length=120)
    pace = serializers.ChoiceField(choices=Pace.choices)


class SavedSearchOut(serializers.ModelSerializer[SavedSearch]):
    query = serializers.DictField(child=serializers.CharField())
    found = serializers.SerializerMethodField()

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "query", "pace", "looked_at", "found", "created_at"]

    def get_found(self, row: SavedSearch) -> int:
        """How many needs were told so far."""
        return int(getattr(row, "found", 0))


class SavedSearchDetail(SavedSearchOut):
    hits = serializers.SerializerMethodField()

    class Meta(SavedSearchOut.Meta):
        fields = [*SavedSearchOut.Meta.fields, "hits"]

    @extend_schema_field(Ref(many=True))
    def get_hits(self, row: SavedSearch) -> Any:
        """The newest fifty needs that were told."""
        return Ref(hits_of(self.context["view"].actor, row).order_by("-published_at")[:50], many=True).data


class SavedSearchViewSet(RoomViewSet):
    """Searches of the library that a person keeps."""

    room, model, view_rule, id_name = "needs", SavedSearch, "needs.view_saved_search", "search_id"
    serializer_class = SavedSearchOut
    create_action, create_serializer = actions.save_search, SavedSearchIn
    filterset_fields = {"pace": ["exact"]}
    search_fields = ["name"]
    change_search = operation(actions.change_search, path="change", serializer=SavedSearchChangeIn)
    forget_search = operation(actions.forget_search, path="forget", response=SavedSearchOut)

    def get_serializer_class(self) -> Any:
        return SavedSearchOut if self.action == "list" else SavedSearchDetail
