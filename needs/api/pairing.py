"""The REST door of matches between needs and organisations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import pairing as actions
from needs.models.pairing import Pairing
from needs.states.pairing import PAIRING


class PairingIn(Input):
    need = serializers.UUIDField()
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class PairingOut(serializers.ModelSerializer[Pairing]):
    need = Ref()
    organisation = Ref()
    proposed_for = Ref()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = Pairing
        fields = [
            "id", "version", "need", "organisation", "proposed_for", "note", "state", "reason", "answered_at", "created_at",
            "open_moves",
        ]  # fmt: skip

    def get_open_moves(self, row: Pairing) -> list[str]:
        return open_moves(self.context["view"].actor, PAIRING, row, "needs")


class PairingViewSet(RoomViewSet):
    """Matches of needs with organisations: proposed by one side, accepted or declined by the other."""

    room, model, view_rule, id_name = "needs", Pairing, "needs.view_pairing", "pairing_id"
    serializer_class = PairingOut
    create_action, create_serializer = actions.propose_pairing, PairingIn
    filterset_fields = ["need", "organisation", "state"]
    accept_pairing = operation(actions.accept_pairing, path="accept")
    decline_pairing = operation(actions.decline_pairing, path="decline", serializer=Reason)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("need", "organisation", "proposed_for")
