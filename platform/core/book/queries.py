"""Reading histories; the caller has fetched the object through the policy."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.book import tree
from core.book.labels import words_of
from core.book.models import Body, Checkpoint, Place, SelfCheck, Verdict

KEPT_FROM = (
    4  # inner nodes lie in the table from this level on: one node for eight entries, sixteen leaves read at most
)


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
    entry_id: int | None = None


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
        entry_id=body.entry_id,
    )


def checkpoint() -> tuple[int, str, dt.datetime] | None:
    """Size, root and time of the tree as far as it is sequenced."""
    last = Place.objects.order_by("-index").values_list("index", "root", "entry__body__at").first()
    return (last[0] + 1, bytes(last[1]).hex(), last[2]) if last else None


def tree_size() -> int:
    """How many entries have their number."""
    last = Place.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def root_at(size: int) -> bytes | None:
    """The root of the tree's first `size` entries; None when it has not grown so far."""
    if size == 0:
        return tree.EMPTY_ROOT
    root = Place.objects.filter(index=size - 1).values_list("root", flat=True).first()
    return bytes(root) if root is not None else None


def leaf_hashes(start: int, end: int) -> list[bytes]:
    """The leaf hashes from one index to before another, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.leaf_hash FROM book_place p JOIN book_entry e ON e.id = p.entry_id"
            " WHERE p.index >= %s AND p.index < %s ORDER BY p.index",
            [start, end],
        )
        return [bytes(row[0]) for row in cursor.fetchall()]


def subtrees(asked: list[tree.Subtree]) -> dict[tree.Subtree, bytes]:
    """The roots of full subtrees, in two queries however many are asked for."""
    known = kept_nodes([one for one in asked if one[0] >= KEPT_FROM])
    low = [one for one in asked if one[0] < KEPT_FROM]
    indexes = sorted({at for level, place in low for at in range(place << level, (place + 1) << level)})
    if indexes:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.index, e.leaf_hash FROM book_place p JOIN book_entry e ON e.id = p.entry_id"
                " WHERE p.index = ANY(%s)",
                [indexes],
            )
            leaves = {index: bytes(hashed) for index, hashed in cursor.fetchall()}
        for level, place in low:
            known[level, place] = tree.root_of([leaves[at] for at in range(place << level, (place + 1) << level)])
    return known


def kept_nodes(asked: list[tree.Subtree]) -> dict[tree.Subtree, bytes]:
    """The inner nodes that lie in the table."""
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.level, n.position, n.hash FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, position)"
            " JOIN book_node n ON n.level = wanted.level AND n.position = wanted.position",
            [[level for level, _place in asked], [place for _level, place in asked]],
        )
        return {(level, place): bytes(hashed) for level, place, hashed in cursor.fetchall()}


def inclusion_proof(index: int, size: int) -> list[bytes]:
    """The audit path of the entry at `index` in the tree of the first `size` entries; O(log n) reads."""
    return tree.hashes_of(tree.inclusion_ranges(index, size), subtrees)


def consistency_proof(first: int, second: int) -> list[bytes]:
    """The proof that the tree of `first` entries is a beginning of the one of `second`; O(log n) reads."""
    return tree.hashes_of(tree.consistency_ranges(first, second), subtrees)


def newest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint."""
    return Checkpoint.objects.order_by("-size", "-pk").first()


def newest_self_check() -> SelfCheck | None:
    """The last reading of the whole book."""
    return SelfCheck.objects.order_by("-created_at").first()


def standing_fault() -> SelfCheck | None:
    """The first of the readings whose fault no later sound one has ended; None while the book is sound.

    What was found beside the witness ends only by a reading that saw the witness too.
    """
    later = SelfCheck.objects.filter(verdict=Verdict.SOUND, created_at__gte=OuterRef("created_at"))
    faults = SelfCheck.objects.exclude(verdict=Verdict.SOUND).filter(
        Q(~Exists(later), witnessed__isnull=True)
        | Q(~Exists(later.filter(witnessed__isnull=False)), witnessed__isnull=False)
    )
    return faults.order_by("created_at").first()


def present_verdict() -> SelfCheck | None:
    """What is to be told of the book: the last reading, or the fault that stands although that reading could not see it."""
    newest = newest_self_check()
    if newest is None or newest.verdict != Verdict.SOUND:
        return newest
    return standing_fault() or newest
