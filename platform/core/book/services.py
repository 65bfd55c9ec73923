"""Recording and sequencing; verifying stands in `verifying`, signing in `checkpoints`."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from core import clock
from core.accounts.actor import Actor
from core.book import leaf, tree
from core.book.models import Body, Entry
from core.book.queries import KEPT_FROM, subtrees, tree_size

LOCK = 0x626F6F6B  # the one sequencer at work


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
    return record_all(actor, operation, [Change(obj, before or {}, after or {}, reason)])[0]


@dataclass(frozen=True)
class Change:
    """What one entry says of an object."""

    obj: Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def record_all(actor: Actor, operation: str, changes: Sequence[Change]) -> list[Entry]:
    """As `record`, an entry for each change, in their order: two statements, however many there are."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the action's transaction")
    at, key = clock.now(), book_key()
    bodies: list[tuple[Change, bytes, bytes]] = []
    leaves: list[bytes] = []
    for one in changes:
        content = leaf.canonical(
            {
                "operation": operation,
                "object": {"type": one.obj._meta.label_lower, "id": one.obj.pk},
                "actor": actor.id,
                "organisation": actor.organisation_id,
                "before": dict(one.before),
                "after": dict(one.after),
                "reason": one.reason,
                "request": actor.request_id,
            }
        )
        salt = os.urandom(32)
        bodies.append((one, salt, content))
        leaves.append(
            leaf.make(
                key=key, at=at, actor=actor.id, organisation=actor.organisation_id, obj=one.obj.pk,
                body_sha256=leaf.body_hash(salt, content),
            )
        )  # fmt: skip
    # The salt makes every leaf another one: by its hash it is found again, in whatever order the database answers.
    hashes = [tree.leaf_hash(one) for one in leaves]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO book_entry (leaf, leaf_hash, xid) SELECT leaf, leaf_hash, pg_current_xact_id()::text::bigint"
            " FROM unnest(%s::bytea[], %s::bytea[]) WITH ORDINALITY AS made(leaf, leaf_hash, place) ORDER BY place"
            " RETURNING leaf_hash, id, xid",
            [leaves, hashes],
        )
        written = {bytes(given): (pk, xid) for given, pk, xid in cursor.fetchall()}
    entries = [
        Entry(pk=written[of][0], leaf=one, leaf_hash=of, xid=written[of][1])
        for one, of in zip(leaves, hashes, strict=True)
    ]
    Body.objects.bulk_create(
        Body(
            entry=entry, operation=operation[:80], at=at, object_type=one.obj._meta.label_lower, object_id=one.obj.pk,
            person=actor.person, client=actor.client, organisation=actor.organisation, salt=salt, content=content,
        )
        for entry, (one, salt, content) in zip(entries, bodies, strict=True)
    )  # fmt: skip
    return entries


def sequence(limit: int = 5000) -> int:
    """Give waiting entries their index and grow the tree; one sequencer at a time. Returns how many were placed.

    A sequence number is not an order of commits: only entries of transactions older than every open one are placed, so
    no entry can appear behind the last index later. A transaction number beyond the newest comes from the server that
    a backup was taken from: it ended there.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "SELECT w.entry_id, e.leaf FROM book_waiting w JOIN book_entry e ON e.id = w.entry_id"
            " WHERE w.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " OR w.xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint ORDER BY w.xid, w.entry_id LIMIT %s",
            [limit],
        )
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        grown = frontier()
        places, nodes = [], []
        for pk, written in waiting:
            index = grown.size
            made = grown.add(tree.leaf_hash(bytes(written)))
            nodes += [f"{level}\t{place}\t\\\\x{hashed.hex()}\n" for level, place, hashed in made[KEPT_FROM:]]
            places.append(f"{index}\t{pk}\t\\\\x{grown.root().hex()}\n")
        _copy(cursor, "book_place (index, entry_id, root)", places)
        _copy(cursor, "book_node (level, position, hash)", nodes)
        cursor.execute("DELETE FROM book_waiting WHERE entry_id = ANY(%s)", [[pk for pk, _leaf in waiting]])
        return len(places)


def _copy(cursor: Any, target: str, rows: Iterable[str]) -> None:
    """Many rows at once, an order of magnitude faster than by insert."""
    cursor.copy_expert(f"COPY {target} FROM STDIN", StringIO("".join(rows)))


def frontier() -> tree.Frontier:
    """The tree as far as it has grown, from the roots of its full subtrees."""
    size = tree_size()
    wanted = tree.full_subtrees(0, size)
    known = subtrees(wanted)
    return tree.Frontier(size, [known[one] for one in wanted])


def sealed(value: Any) -> str:
    """What binds a value that the entry's readers may not know: without the log's key it cannot be found by trying."""
    return hmac.new(book_key(), leaf.canonical(value), hashlib.sha256).hexdigest()


def book_key() -> bytes:
    """The key of the pseudonyms."""
    return settings.BOOK_KEY.encode()
