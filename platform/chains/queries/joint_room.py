"""Reads of joint rooms: whoever leads one of the chains now, and the organisations that were asked in (R130)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chains.models import Chain, JointRoom, JointRoomMember, JointRoomNote, JointRoomSide, TermLink
from chains.queries.chain import chains_led_by
from chains.states import RoomMemberState
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.states import OrganisationState


def joint_rooms_visible_to(actor: Actor) -> QuerySet[JointRoom]:
    """The rooms of the chains that one leads, and those one was asked into; for everybody else there are none."""
    if actor.is_system:
        return JointRoom.objects.all()
    asked = JointRoomMember.objects.filter(organisation=actor.organisation).exclude(state=RoomMemberState.LEFT)
    return _rooms(actor, asked)


def rooms_taken_part_in(actor: Actor) -> QuerySet[JointRoom]:
    """The rooms whose notes and table one reads: as a leader, or after joining."""
    if actor.is_system:
        return JointRoom.objects.all()
    joined = JointRoomMember.objects.filter(organisation=actor.organisation, state=RoomMemberState.JOINED)
    return _rooms(actor, joined)


def _rooms(actor: Actor, seats: QuerySet[JointRoomMember]) -> QuerySet[JointRoom]:
    if actor.organisation is None:
        return JointRoom.objects.none()
    led = JointRoomSide.objects.filter(chain__in=chains_led_by(actor.organisation))
    return JointRoom.objects.filter(Q(pk__in=led.values("room_id")) | Q(pk__in=seats.values("room_id")))


def room_notes_visible_to(actor: Actor) -> QuerySet[JointRoomNote]:
    """What was said in the rooms one takes part in."""
    return JointRoomNote.objects.filter(room__in=rooms_taken_part_in(actor))


def room_members_visible_to(actor: Actor) -> QuerySet[JointRoomMember]:
    """Who was asked into the rooms one takes part in, and one's own seats."""
    rows = JointRoomMember.objects.filter(room__in=joint_rooms_visible_to(actor))
    taken = Q(room__in=rooms_taken_part_in(actor))
    return rows.filter(taken | Q(organisation=actor.organisation) if actor.organisation else taken)


def sides_led_by(actor: Actor, room: JointRoom) -> QuerySet[JointRoomSide]:
    """The sides of the room whose chain the acting organisation leads now."""
    return room.sides.filter(chain__in=chains_led_by(actor.organisation))


def leads_side(actor: Actor, room: JointRoom) -> bool:
    return sides_led_by(actor, room).exists()


def has_joined(actor: Actor, room: JointRoom) -> bool:
    """Whether the acting organisation was asked in and has joined."""
    return room.members.filter(organisation=actor.organisation, state=RoomMemberState.JOINED).exists()


def is_in_room(actor: Actor, room: JointRoom) -> bool:
    """Whether the acting organisation leads a side or has joined."""
    return actor.organisation is not None and (leads_side(actor, room) or has_joined(actor, room))


def organisations_in(room: JointRoom) -> QuerySet[Organisation]:
    """Everybody who takes part: the present leaders of the sides, and who has joined."""
    leads = Q(designations__until__isnull=True, designations__chain__in=room.sides.values("chain_id"))
    joined = room.members.filter(state=RoomMemberState.JOINED).values("organisation_id")
    return Organisation.objects.filter(leads | Q(pk__in=joined)).distinct().order_by("name")


def can_be_invited(room: JointRoom, chain: Chain) -> QuerySet[Organisation]:
    """Verified organisations at the chain's nodes that do not take part yet and are not asked already."""
    there = Organisation.objects.filter(node_memberships__node__chain=chain, state=OrganisationState.VERIFIED)
    seats = room.members.exclude(state=RoomMemberState.LEFT).values("organisation_id")
    rows = there.exclude(pk__in=seats).exclude(pk__in=organisations_in(room).order_by().values("pk"))
    return rows.distinct().order_by("name")


def terms_between(room: JointRoom) -> QuerySet[TermLink]:
    """The terms in force that the chains of the room have linked with each other."""
    chains = list(room.sides.values_list("chain_id", flat=True))
    rows = TermLink.objects.filter(chain__in=chains, other_chain__in=chains, retired_at__isnull=True)
    return rows.select_related("chain", "other_chain").order_by("words")
