"""Reads of what lies on the tables of joint rooms (R130)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from chains.models import JointRoom, JointRoomMember, LeaderDesignation
from chains.queries import rooms_taken_part_in
from chains.states import RoomMemberState
from core.accounts.actor import Actor
from needs.models.joint_room import TableNeed
from needs.models.need import Need
from needs.queries.need import needs_visible_to
from needs.states.need import LISTED


def table_needs_visible_to(actor: Actor) -> QuerySet[TableNeed]:
    """What lies on the tables of the rooms one takes part in, as far as one may read the need itself.

    What an organisation put there lies there only while it takes part.
    """
    rows = TableNeed.objects.filter(taken_off_at__isnull=True, room__in=rooms_taken_part_in(actor))
    leads = LeaderDesignation.objects.filter(
        organisation=OuterRef("need__owner"), until__isnull=True, chain__joint_room_sides__room=OuterRef("room")
    )
    joined = JointRoomMember.objects.filter(
        organisation=OuterRef("need__owner"), room=OuterRef("room"), state=RoomMemberState.JOINED
    )
    return rows.filter(Q(Exists(leads)) | Q(Exists(joined)), need__in=needs_visible_to(actor))


def needs_for_table(actor: Actor, room: JointRoom) -> QuerySet[Need]:
    """The acting organisation's published needs that do not lie on the room's table yet."""
    there = TableNeed.objects.filter(room=room, taken_off_at__isnull=True)
    rows = Need.objects.filter(owner=actor.organisation, state__in=LISTED).exclude(pk__in=there.values("need_id"))
    return rows.order_by("code") if actor.organisation is not None else rows.none()
