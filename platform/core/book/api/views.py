"""The book's REST door: entries of one's own organisation with their leaf."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from core.access import policy
from core.api.pages import Pages
from core.api.views import Door
from core.book.models import Body
from core.book.queries import row_of


class EntryPages(Pages):
    ordering = ("-at", "-entry_id")


class EntryOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an entry with its leaf
    id = serializers.IntegerField(source="entry_id")
    operation = serializers.CharField()
    at = serializers.DateTimeField()
    object_type = serializers.CharField()
    object_id = serializers.UUIDField()
    reason = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField()
    index = serializers.SerializerMethodField()
    leaf = serializers.SerializerMethodField(help_text="The bytes that were hashed.")
    leaf_hash = serializers.SerializerMethodField()

    def get_reason(self, row: Body) -> str:
        return row_of(row).reason

    def get_after(self, row: Body) -> dict[str, Any]:
        return row_of(row).after

    def get_before(self, row: Body) -> dict[str, Any]:
        return row_of(row).before

    def get_index(self, row: Body) -> int | None:
        return row_of(row).index

    def get_leaf(self, row: Body) -> str:
        return bytes(row.entry.leaf).decode()

    def get_leaf_hash(self, row: Body) -> str:
        return row_of(row).leaf_hash


class Entries(Door, mixins.ListModelMixin):
    """What one's own organisation did."""

    room = "book"
    serializer_class = EntryOut
    pagination_class = EntryPages
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Body]:
        if getattr(self, "swagger_fake_view", False):
            return Body.objects.none()
        rows = policy.visible_to(self.actor, Body)
        wanted = self.request.query_params.get("object_id")
        return rows.filter(object_id=wanted) if wanted and len(wanted) == 36 else rows
