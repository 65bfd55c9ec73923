"""Joint rooms of chains: proposed by one leader, open once every leader has agreed, closed by any of them (R130)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import Chain, JointRoom, JointRoomMember, JointRoomNote, JointRoomSide
from chains.queries import can_be_invited, leader_of, organisations_in, sides_led_by
from chains.services import room_link, tell_room
from chains.states import JOINT_ROOM, ROOM_MEMBER, JointRoomState, RoomMemberState
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox

MOST_CHAINS = 6
LONGEST = 5000


@command
def propose_joint_room(
    *, actor: Actor, chain: UUID | str, other_chains: Sequence[UUID | str], title: str, purpose: str
) -> JointRoom:
    """Propose a joint room of one's own chain with others; the leader of each is asked (R130)."""
    own = policy.fetch(actor, "chains.propose_joint_room", Chain, chain)
    chosen = {str(one) for one in other_chains} - {str(own.pk)}
    others = list(Chain.objects.filter(pk__in=chosen))
    wrong = {}
    if not title.strip():
        wrong["title"] = [_("Please give the room a title.")]
    if not purpose.strip():
        wrong["purpose"] = [_("Say what the chains want to do together.")]
    if not others or len(others) < len(chosen):
        wrong["other_chains"] = [_("Choose another chain.")]
    elif len(others) >= MOST_CHAINS:
        wrong["other_chains"] = [_("A joint room has at most %d chains.") % MOST_CHAINS]
    elif nobody := next((one for one in others if leader_of(one) is None), None):
        wrong["other_chains"] = [_("%(chain)s has no leader yet who could agree.") % {"chain": nobody}]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    assert actor.organisation is not None
    room = JointRoom.objects.create(
        title=title.strip()[:120], purpose=purpose.strip()[:LONGEST], proposed_by=actor.person, proposed_for=actor.organisation
    )  # fmt: skip
    sides = [JointRoomSide.objects.create(room=room, chain=one) for one in [own, *others]]
    _agree(actor, room)
    for side in sides:
        asked = leader_of(side.chain_id)
        if asked is not None and not actor.belongs_to(asked):
            inbox.open_task(
                kind="agree_to_joint_room", title=gettext_noop("%(from)s proposes the joint room “%(room)s” with your chain"),
                params={"from": actor.organisation.name, "room": room.title}, organisation=asked, role="admin", obj=room,
                why=gettext_noop("Your organisation leads one of the chains"), link=room_link(room), key=_asked(room, asked),
            )  # fmt: skip
    names = ", ".join(one.chain.name for one in sides)
    book.record(actor, "propose_joint_room", room, after={"title": room.title, "chains": names})
    return room


@command
def agree_to_joint_room(*, actor: Actor, room_id: UUID) -> JointRoom:
    """Agree for the chain that one leads; the room opens with the last leader's word."""
    room = policy.fetch_for_update(actor, "chains.agree_to_joint_room", JointRoom, room_id)
    JOINT_ROOM.after(JointRoomState(room.state), "agree_to_joint_room")
    if not _agree(actor, room):
        raise WrongState(_("Your chain has agreed already; another leader is still asked."), code="agreed_already")
    assert actor.organisation is not None
    inbox.close_tasks(key=_asked(room, actor.organisation))
    book.record(actor, "agree_to_joint_room", room, after={"state": room.state})
    tell_room(
        room, actor, kind="joint_room", title=gettext_noop("%(from)s agreed to the joint room “%(room)s”"),
        key=f"joint_room_agreed:{room.pk}:{actor.organisation_id}",
    )  # fmt: skip
    return room


@command
def close_joint_room(*, actor: Actor, room_id: UUID, reason: str) -> JointRoom:
    """Close the room, decline a proposal or take one's own back, with the reason; what was said stays readable."""
    room = policy.fetch_for_update(actor, "chains.close_joint_room", JointRoom, room_id)
    state = JOINT_ROOM.after(JointRoomState(room.state), "close_joint_room")
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    assert actor.organisation is not None
    room.state, room.closed_at, room.closed_because = state, clock.now(), reason.strip()[:LONGEST]
    room.closed_for = actor.organisation
    room.touch()
    room.save()
    inbox.cancel_tasks(obj=room)
    book.record(actor, "close_joint_room", room, reason=room.closed_because)
    tell_room(
        room, actor, kind="joint_room", title=gettext_noop("%(from)s closed the joint room “%(room)s”: %(reason)s"),
        key=f"joint_room_closed:{room.pk}", params={"reason": room.closed_because},
    )  # fmt: skip
    return room


@command
def invite_to_joint_room(
    *, actor: Actor, room_id: UUID, organisation: UUID | str, chain: UUID | str | None = None
) -> JointRoomMember:
    """Ask an organisation of one's own chain into the open room; it decides itself whether to join."""
    room = policy.fetch_for_update(actor, "chains.invite_to_joint_room", JointRoom, room_id)
    _still_open(room)
    sides = list(sides_led_by(actor, room).select_related("chain"))
    side = next((one for one in sides if chain is None or str(one.chain_id) == str(chain)), None)
    if side is None:
        raise Invalid(_("Choose the chain of this room that you lead."), field="chain")
    asked = can_be_invited(room, side.chain).filter(pk=organisation).first()
    if asked is None:
        raise Invalid(
            _("Choose a verified organisation at a node of your chain that is not in the room yet."), field="organisation"
        )  # fmt: skip
    seat = JointRoomMember.objects.filter(room=room, organisation=asked).first()
    if seat is None:
        seat = JointRoomMember(room=room, organisation=asked)
    else:
        seat.state = ROOM_MEMBER.after(RoomMemberState(seat.state), "invite_to_joint_room")
    seat.chain, seat.invited_by, seat.joined_at = side.chain, actor.person, None
    seat.save()
    inbox.open_task(
        kind="join_joint_room", title=gettext_noop("Your organisation is asked into the joint room “%(room)s”"),
        params={"room": room.title}, organisation=asked, role="admin", obj=room, link=room_link(room),
        why=gettext_noop("Two chains work together there"), key=f"join_joint_room:{seat.pk}",
    )  # fmt: skip
    book.record(actor, "invite_to_joint_room", room, after={"organisation": asked.name, "chain": side.chain.name})
    return seat


@command
def join_joint_room(*, actor: Actor, room_id: UUID) -> JointRoom:
    """Join the room that one's organisation was asked into."""
    room = policy.fetch_for_update(actor, "chains.join_joint_room", JointRoom, room_id)
    _still_open(room)
    seat = room.members.get(organisation=actor.organisation)
    seat.state, seat.joined_at = ROOM_MEMBER.after(RoomMemberState(seat.state), "join_joint_room"), clock.now()
    seat.save()
    inbox.close_tasks(key=f"join_joint_room:{seat.pk}")
    book.record(actor, "join_joint_room", room)
    tell_room(
        room, actor, kind="joint_room", title=gettext_noop("%(from)s joined the joint room “%(room)s”"),
        key=f"joint_room_joined:{seat.pk}:{clock.now():%Y%m%d%H%M%S}",
    )  # fmt: skip
    return room


@command
def leave_joint_room(*, actor: Actor, room_id: UUID) -> JointRoomMember:
    """Leave the room, or decline to join; from then on it is closed to one's organisation."""
    room = policy.fetch_for_update(actor, "chains.leave_joint_room", JointRoom, room_id)
    return _end_seat(actor, room, room.members.get(organisation=actor.organisation), "leave_joint_room", "")


@command
def remove_from_joint_room(*, actor: Actor, room_id: UUID, organisation: UUID | str, reason: str) -> JointRoomMember:
    """End an organisation's part in the room, with the reason: the leader of its chain does."""
    room = policy.fetch_for_update(actor, "chains.remove_from_joint_room", JointRoom, room_id)
    led = sides_led_by(actor, room).values("chain_id")
    seat = room.members.filter(organisation_id=organisation, chain__in=led).exclude(state=RoomMemberState.LEFT).first()
    if seat is None:
        raise Invalid(_("Choose an organisation of your own chain that is in the room."), field="organisation")
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    return _end_seat(actor, room, seat, "remove_from_joint_room", reason.strip()[:LONGEST])


@command
def write_note(*, actor: Actor, room_id: UUID, text: str) -> JointRoomNote:
    """Say something to everybody in the room; it stays as it was written."""
    room = policy.fetch_for_update(actor, "chains.write_note", JointRoom, room_id)
    _still_open(room)
    text = text.strip()
    if not text:
        raise Invalid(_("Please write something."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="text")
    assert actor.organisation is not None
    note = JointRoomNote.objects.create(room=room, organisation=actor.organisation, author=actor.person, text=text)
    # Bound by its hash, told on the room's page alone.
    book.record(actor, "write_note", room, after={"note": book.sealed({"id": str(note.pk), "text": text})})
    tell_room(
        room, actor, kind="joint_room_note", title=gettext_noop("%(from)s wrote in the joint room “%(room)s”"),
        key=f"joint_room_note:{note.pk}",
    )  # fmt: skip
    return note


def _agree(actor: Actor, room: JointRoom) -> int:
    """Agree for every side that the acting organisation leads; opens the room with the last one. Gives how many agreed."""
    now = clock.now()
    count = sides_led_by(actor, room).filter(agreed_at__isnull=True).update(
        agreed_at=now, agreed_by=actor.person, agreed_for=actor.organisation
    )  # fmt: skip
    if count and not room.sides.filter(agreed_at__isnull=True).exists():
        room.state, room.opened_at = JOINT_ROOM.after(JointRoomState(room.state), "agree_to_joint_room"), now
        room.touch()
        room.save()
    return count


def _end_seat(actor: Actor, room: JointRoom, seat: JointRoomMember, operation: str, reason: str) -> JointRoomMember:
    told = [*organisations_in(room), seat.organisation]
    seat.state, seat.joined_at = ROOM_MEMBER.after(RoomMemberState(seat.state), "leave_joint_room"), None
    seat.save()
    inbox.cancel_tasks(key=f"join_joint_room:{seat.pk}")
    book.record(actor, operation, room, after={"organisation": seat.organisation.name}, reason=reason)
    tell_room(
        room, actor, kind="joint_room", title=gettext_noop("%(organisation)s is no longer in the joint room “%(room)s”"),
        key=f"joint_room_left:{seat.pk}:{clock.now():%Y%m%d%H%M%S}", to=told, params={"organisation": seat.organisation.name},
    )  # fmt: skip
    return seat


def _still_open(room: JointRoom) -> None:
    if room.state != JointRoomState.OPEN:
        raise WrongState(_("The joint room is not open."), code="room_not_open")


def _asked(room: JointRoom, organisation: Organisation) -> str:
    return f"agree_to_joint_room:{room.pk}:{organisation.pk}"
