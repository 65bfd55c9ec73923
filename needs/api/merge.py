"""The REST door of merging needs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import merge as actions
from needs.models.merge import NeedMerge
from needs.states.merge import MERGE


class NeedMergeIn(Input):
    need_id = serializers.UUIDField(help_text="The need that ends.")
    into = serializers.CharField(max_length=20, help_text="The number of the need that stays.")
    reason = serializers.CharField(max_length=2000)


class NeedMergeOut(serializers.ModelSerializer[NeedMerge]):
    kept = Ref()
    absorbed = Ref()
    proposer = Ref()
    consents = serializers.SerializerMethodField()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = NeedMerge
        fields = [
            "id",
            "kept",
            "absorbed",
            "proposer",
            "reason",
            "state",
            "end_reason",
            "ended_at",
            "created_at",
            "consents",
            "open_moves",
        ]

    def get_consents(self, row: NeedMerge) -> list[str]:
        """The organisations that have agreed."""
        return [str(one.organisation) for one in row.consents.all()]

    def get_open_moves(self, row: NeedMerge) -> list[str]:
        return open_moves(self.context["view"].actor, MERGE, row, "needs")


class MergeViewSet(RoomViewSet):
    """Merges of two needs: proposed by one owner, agreed to or declined by the other."""

    room, model, view_rule, id_name = "needs", NeedMerge, "needs.view_merge", "merge_id"
    serializer_class = NeedMergeOut
    create_action, create_serializer = actions.propose_merge, NeedMergeIn
    filterset_fields = ["kept", "absorbed", "state"]
    agree_merge = operation(actions.agree_merge, path="agree")
    decline_merge = operation(actions.decline_merge, path="decline", serializer=Reason)
    withdraw_merge = operation(actions.withdraw_merge, path="withdraw", serializer=Reason)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("kept", "absorbed", "proposer").prefetch_related("consents__organisation")
