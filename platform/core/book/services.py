"""Recording, sequencing, verifying."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from core import clock
from core.accounts.actor import Actor
from core.book import leaf, tree
from core.book.models import Body, Entry, Node, Place

_LOCK = 0x626F6F6B  # the one sequencer at work


def record(
    actor: Actor,
    operation: str,
    obj: Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Write one entry in the action's own transaction: who did what to which object, before and after, and why."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the action's transaction")
    at = clock.now()
    content = leaf.canonical(
        {
            "operation": operation,
            "object": {"type": obj._meta.label_lower, "id": obj.pk},
            "actor": actor.id,
            "organisation": actor.organisation_id,
            "before": before or {},
            "after": after or {},
            "reason": reason,
            "request": actor.request_id,
        }
    )
    salt = os.urandom(32)
    written = leaf.make(
        key=_key(), at=at, actor=actor.id, organisation=actor.organisation_id, obj=obj.pk,
        body_sha256=leaf.body_hash(salt, content),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO book_entry (leaf, leaf_hash, xid) VALUES (%s, %s, pg_current_xact_id()::text::bigint) RETURNING id, xid",
            [written, tree.leaf_hash(written)],
        )
        pk, xid = cursor.fetchone()
    entry = Entry(pk=pk, leaf=written, leaf_hash=tree.leaf_hash(written), xid=xid)
    Body.objects.create(
        entry=entry, operation=operation[:80], at=at, object_type=obj._meta.label_lower, object_id=obj.pk,
        person=actor.person, client=actor.client, organisation=actor.organisation, salt=salt, content=content,
    )  # fmt: skip
    return entry


def sequence(limit: int = 5000) -> int:
    """Give waiting entries their index and grow the tree; one sequencer at a time. Returns how many were placed.

    A sequence number is not an order of commits: only entries of transactions older than every open one are placed, so
    no entry can appear behind the last index later.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "SELECT e.id, e.leaf FROM book_entry e LEFT JOIN book_place p ON p.entry_id = e.id WHERE p.index IS NULL "
            "AND e.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY e.xid, e.id LIMIT %s",
            [limit],
        )
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        grown = _frontier()
        places, nodes = [], []
        for pk, written in waiting:
            index = grown.size
            made = grown.add(tree.leaf_hash(bytes(written)))
            nodes += [Node(level=level, position=position, hash=hashed) for level, position, hashed in made]
            places.append(Place(index=index, entry_id=pk, root=grown.root()))
        Place.objects.bulk_create(places, batch_size=1000)
        Node.objects.bulk_create(nodes, batch_size=1000)
        return len(places)


def _frontier() -> tree.Frontier:
    """The tree as far as it has grown, from the roots of its full subtrees."""
    size = Place.objects.count()
    grown = tree.Frontier()
    grown.size = size
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            node = Node.objects.get(level=level, position=start >> level)
            grown._roots.append((level, bytes(node.hash)))
            start += 1 << level
    return grown


@dataclass(frozen=True)
class Report:
    """What verification found: how many entries were read, the root, and the first broken entry with the reason."""

    entries: int
    root: str
    broken_index: int | None = None
    reason: str = ""

    @property
    def is_sound(self) -> bool:
        return self.broken_index is None


def verify() -> Report:
    """Read the whole book again: order, leaf format, leaf hash, body hash, every root. Names the first broken entry."""
    grown = tree.Frontier()
    for place in Place.objects.select_related("entry__body").order_by("index").iterator(chunk_size=2000):
        reason = _fault(place, grown)
        if reason:
            return Report(grown.size, grown.root().hex(), place.index, reason)
    return Report(grown.size, grown.root().hex())


def _fault(place: Place, grown: tree.Frontier) -> str:
    """What is wrong with one entry; empty when nothing is."""
    written = bytes(place.entry.leaf)
    if place.index != grown.size:
        return f"index {grown.size} is missing"
    try:
        fields = leaf.read(written)
    except ValueError:
        return "the leaf is not in canonical form"
    if bytes(place.entry.leaf_hash) != tree.leaf_hash(written):
        return "the leaf's hash is wrong"
    body = getattr(place.entry, "body", None)
    if body is None:
        return "the body is missing"
    if body.erased_at is None:
        if body.salt is None or leaf.body_hash(bytes(body.salt), bytes(body.content)) != fields["body"]:
            return "the body is not the one that was recorded"
        if fields["object"] != leaf.pseudonym(_key(), body.object_id):
            return "the entry is about another object"
    grown.add(tree.leaf_hash(written))
    if bytes(place.root) != grown.root():
        return "the root is wrong"
    return ""


def _key() -> bytes:
    return settings.BOOK_KEY.encode()
