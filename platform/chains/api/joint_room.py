"""The REST door of joint rooms of chains."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from chains.actions import joint_room as actions
from chains.api.serializers import TermOut
from chains.models import JointRoom, JointRoomMember, JointRoomNote, JointRoomSide
from chains.queries import is_in_room, terms_between
from chains.states import JOINT_ROOM, RoomMemberState
from core.access import policy
from core.api.serializers import Input, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation


class JointRoomIn(Input):
    chain = serializers.UUIDField()
    other_chains = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=10)
    title = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=5000)


class RoomInvitationIn(Input):
    organisation = serializers.UUIDField()
    chain = serializers.UUIDField(required=False, allow_null=True, default=None)


class RoomRemovalIn(Input):
    organisation = serializers.UUIDField()
    reason = serializers.CharField(max_length=5000)


class RoomNoteIn(Input):
    text = serializers.CharField(max_length=5000)


class RoomNoteOut(serializers.ModelSerializer[JointRoomNote]):
    organisation = Ref()
    author = Ref(allow_null=True)

    class Meta:
        model = JointRoomNote
        fields = ["id", "organisation", "author", "text", "created_at"]


class RoomSideOut(serializers.ModelSerializer[JointRoomSide]):
    chain = Ref()
    agreed_for = Ref(allow_null=True)

    class Meta:
        model = JointRoomSide
        fields = ["chain", "agreed_for", "agreed_at"]


class RoomMemberOut(serializers.ModelSerializer[JointRoomMember]):
    organisation = Ref()
    chain = Ref()

    class Meta:
        model = JointRoomMember
        fields = ["organisation", "chain", "state", "joined_at"]


class JointRoomOut(serializers.ModelSerializer[JointRoom]):
    proposed_for = Ref()
    closed_for = Ref(allow_null=True)
    sides = RoomSideOut(many=True)

    class Meta:
        model = JointRoom
        fields = [
            "id", "version", "title", "purpose", "state", "proposed_for", "sides", "opened_at", "closed_at", "closed_for",
            "closed_because", "created_at",
        ]  # fmt: skip


class JointRoomDetail(JointRoomOut):
    """A room with who is in it and the terms that its chains have linked; both are empty until one has joined."""

    members = serializers.SerializerMethodField()
    terms = serializers.SerializerMethodField()
    open_moves = serializers.SerializerMethodField()

    class Meta(JointRoomOut.Meta):
        fields = [*JointRoomOut.Meta.fields, "members", "terms", "open_moves"]

    def _is_in(self, row: JointRoom) -> bool:
        return is_in_room(self.context["view"].actor, row)

    @extend_schema_field(RoomMemberOut(many=True))
    def get_members(self, row: JointRoom) -> Any:
        if not self._is_in(row):
            return []
        seats = row.members.exclude(state=RoomMemberState.LEFT).select_related("organisation", "chain")
        return RoomMemberOut(seats, many=True).data

    @extend_schema_field(TermOut(many=True))
    def get_terms(self, row: JointRoom) -> Any:
        return TermOut(terms_between(row), many=True).data if self._is_in(row) else []

    def get_open_moves(self, row: JointRoom) -> list[str]:
        return open_moves(self.context["view"].actor, JOINT_ROOM, row, "chains")


class JointRooms(RoomViewSet):
    """Joint rooms of the chains that the caller's organisation leads, and those it was asked into."""

    room, model, view_rule, id_name = "chains", JointRoom, "chains.view_joint_room", "room_id"
    serializer_class = JointRoomDetail
    create_action, create_serializer = actions.propose_joint_room, JointRoomIn
    filterset_fields = {"state": ["exact"], "sides__chain": ["exact"]}
    search_fields = ["title", "purpose"]
    agree = operation(actions.agree_to_joint_room, path="agree")
    close = operation(actions.close_joint_room, path="close", serializer=Reason)
    invite = operation(
        actions.invite_to_joint_room, path="invite", serializer=RoomInvitationIn, response=RoomMemberOut, code=201
    )
    join = operation(actions.join_joint_room, path="join")
    leave = operation(actions.leave_joint_room, path="leave", response=RoomMemberOut)
    remove = operation(
        actions.remove_from_joint_room, path="remove", serializer=RoomRemovalIn, response=RoomMemberOut
    )  # fmt: skip
    write_note = operation(actions.write_note, path="write_note", serializer=RoomNoteIn, response=RoomNoteOut, code=201)

    def get_serializer_class(self) -> Any:
        return JointRoomOut if self.action == "list" else JointRoomDetail

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("proposed_for", "closed_for").prefetch_related("sides__chain", "sides__agreed_for")

    @extend_schema(operation_id="list_joint_room_notes", responses=RoomNoteOut(many=True))
    @action(detail=True, methods=["get"], url_path="notes", filter_backends=[])
    def notes(self, request: Request, pk: Any = None) -> Response:
        """What was said in the room, newest first; for those who have joined."""
        room = self.fetch(pk)
        policy.require(self.actor, "chains.view_notes", room)
        page = self.paginate_queryset(room.notes.select_related("organisation", "author"))
        return self.get_paginated_response(self.shown(page, RoomNoteOut, many=True))
