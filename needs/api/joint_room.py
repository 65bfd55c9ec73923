"""The REST door of what lies on the tables of joint rooms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import joint_room as actions
from needs.models.joint_room import TableNeed


class TableNeedIn(Input):
    room = serializers.UUIDField()
    need = serializers.UUIDField()


class TableNeedOut(serializers.ModelSerializer[TableNeed]):
    room = Ref()
    need = Ref()
    owner = Ref(source="need.owner")

    class Meta:
        model = TableNeed
        fields = ["id", "room", "need", "owner", "taken_off_at", "created_at"]


class TableNeedViewSet(RoomViewSet):
    """Needs on the tables of joint rooms, as far as the caller may read them."""

    room, model, view_rule, id_name = "needs", TableNeed, "needs.view_table_need", "row_id"
    serializer_class = TableNeedOut
    create_action, create_serializer = actions.put_on_table, TableNeedIn
    filterset_fields = ["room", "need"]
    take_off = operation(actions.take_off_table, path="take_off")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("room", "need__owner")
