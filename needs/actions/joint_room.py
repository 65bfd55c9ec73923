"""Bringing needs to the table of a joint room of several chains (R130)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import JointRoom
from chains.services import tell_room
from chains.states import JointRoomState
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from needs.models.joint_room import TableNeed
from needs.queries.joint_room import needs_for_table
from needs.states.need import OPEN_TO_MEMBERS


@command
def put_on_table(*, actor: Actor, room: UUID | str, need: UUID | str) -> TableNeed:
    """Put a published need of one's own on the room's table; it shows there to those alone who may read it anyway (R130)."""
    place = policy.fetch_for_update(actor, "needs.put_on_table", JointRoom, room)
    if place.state != JointRoomState.OPEN:
        raise WrongState(_("The joint room is not open."), code="room_not_open")
    row = needs_for_table(actor, place).filter(pk=need).first()
    if row is None:
        raise Invalid(_("Choose a published need of yours that does not lie there yet."), field="need")
    made = TableNeed.objects.create(room=place, need=row, put_by=actor.person)
    # The room's history is read by all who take part: it names the need only where all of them may read it.
    is_open = row.confidentiality in OPEN_TO_MEMBERS
    book.record(actor, "put_on_table", place, after={"need": row.code if is_open else book.sealed({"id": str(row.pk)})})
    book.record(actor, "put_on_table", row, after={"room": book.sealed({"id": str(place.pk), "title": place.title})})
    if is_open:
        tell_room(
            place, actor, kind="joint_room_need", title=gettext_noop("“%(need)s” lies on the table of “%(room)s”"),
            key=f"joint_room_need:{made.pk}", params={"need": row.title},
        )  # fmt: skip
    return made


@command
def take_off_table(*, actor: Actor, row_id: UUID) -> TableNeed:
    """Take a need off a room's table again."""
    row = policy.fetch_for_update(actor, "needs.take_off_table", TableNeed, row_id)
    row.taken_off_at = clock.now()
    row.save(update_fields=["taken_off_at"])
    is_open = row.need.confidentiality in OPEN_TO_MEMBERS
    told = row.need.code if is_open else book.sealed({"id": str(row.need_id)})
    book.record(actor, "take_off_table", row.room, after={"need": told})
    return row
