"""What the room's own actions and the rooms above share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from chains.models import JointRoom
from chains.queries import organisations_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.inbox import services as inbox


def room_link(room: JointRoom) -> str:
    """Where the joint room is read."""
    return reverse("chains:joint_room", args=[room.pk])


def tell_room(
    room: JointRoom,
    actor: Actor,
    *,
    kind: str,
    title: str,
    key: str,
    params: Mapping[str, Any] | None = None,
    to: Iterable[Organisation] | None = None,
) -> None:
    """Tell everybody who takes part, or those named, except the organisation that acts; `%(from)s` in the title is that one."""
    others = [one for one in (organisations_in(room) if to is None else to) if not actor.belongs_to(one)]
    said = {"room": room.title, "from": str(actor.organisation or ""), **(params or {})}
    inbox.notify(kind=kind, title=title, to=others, obj=room, link=room_link(room), key=key, params=said)
