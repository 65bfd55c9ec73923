"""What lies on the table of a joint room, on the room's page (R130)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from chains.models import JointRoom
from chains.states import JointRoomState
from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.queries.joint_room import table_needs_visible_to


def table_of_room(request: HttpRequest, *, room: JointRoom, **_context: Any) -> str:
    """The needs on the table that the reader may read, with who brought them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    rows = table_needs_visible_to(actor).filter(room=room).select_related("need__owner", "need__chain", "room")
    leads = policy.can(actor, "chains.close_joint_room", room)
    shown = {
        "room": room, "rows": [(one, leads or actor.belongs_to(one.need.owner_id)) for one in rows],
        "may_put": room.state == JointRoomState.OPEN and policy.can(actor, "needs.put_on_table", room),
    }  # fmt: skip
    return render_to_string("needs/_table_of_room.html", shown, request=request)


slots.register("chains.joint_room_page", table_of_room, order=10)
