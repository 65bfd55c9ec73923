"""Reading histories; the caller has fetched the object through the policy."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.book.labels import words_of
from core.book.models import Body, Place


@dataclass(frozen=True)
class TimelineRow:
    """One line of a history."""

    when: dt.datetime
    who: str
    organisation: str
    operation: str
    operation_label: str
    reason: str
    index: int | None
    leaf_hash: str
    after: dict[str, Any]
    before: dict[str, Any]


def history(obj: Model) -> QuerySet[Body]:
    """The bodies about the object, newest first, including those still waiting for their index."""
    rows = Body.objects.filter(object_id=obj.pk, object_type=obj._meta.label_lower)
    return rows.select_related("entry__place", "person", "client", "organisation").order_by("-at", "-entry_id")


def timeline(obj: Model, limit: int = 20) -> list[TimelineRow]:
    """The newest entries about the object, ready to show; one query."""
    return [row_of(body) for body in history(obj)[:limit]]


def bodies_visible_to(actor: Actor) -> QuerySet[Body]:
    """What the acting organisation itself did; histories of objects are read on the objects' own pages."""
    if actor.organisation is None:
        return Body.objects.none()
    rows = Body.objects.filter(organisation=actor.organisation)
    return rows.select_related("entry__place", "person", "client", "organisation")


def row_of(body: Body) -> TimelineRow:
    """A body as a line of a history; an erased one says so."""
    content = json.loads(bytes(body.content)) if body.content is not None else {}
    place = getattr(body.entry, "place", None)
    who = body.person or body.client
    return TimelineRow(
        when=body.at,
        who=str(who) if who else _("the system"),
        organisation=str(body.organisation) if body.organisation else "",
        operation=body.operation,
        operation_label=words_of(body.operation),
        reason=str(content.get("reason", "")) if content else _("erased"),
        index=place.index if place else None,
        leaf_hash=bytes(body.entry.leaf_hash).hex(),
        before=content.get("before", {}),
        after=content.get("after", {}),
    )


def checkpoint() -> tuple[int, str, dt.datetime] | None:
    """Size, root and time of the tree as far as it is sequenced."""
    last = Place.objects.select_related("entry__body").order_by("-index").first()
    return (last.index + 1, bytes(last.root).hex(), last.entry.body.at) if last else None
