"""Reading the whole book again: entries, bodies, tree, checkpoints, and what is kept outside the database."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_noop

from core.book import keys, leaf, note, tree, witness
from core.book.checkpoints import BEHIND, REWRITTEN, UNSIGNED
from core.book.models import Checkpoint, SelfCheck, Verdict
from core.book.queries import KEPT_FROM, kept_nodes, leaf_hashes, root_at, tree_size
from core.book.services import book_key

_AT_ONCE = 8192  # a power of two: the nodes that a slice completes lie within it

MISSING = gettext_noop("The entry is missing.")
NOT_CANONICAL = gettext_noop("The leaf is not in canonical form.")
LEAF_CHANGED = gettext_noop("The leaf's hash is wrong: the entry was changed.")
BODY_MISSING = gettext_noop("The body is missing.")
BODY_CHANGED = gettext_noop("The body is not the one that was recorded.")
OTHER_OBJECT = gettext_noop("The entry is about another object.")
ROOT_WRONG = gettext_noop("The root is wrong.")
NODE_WRONG = gettext_noop("An inner node of the tree is wrong.")
NEVER_NUMBERED = gettext_noop("An entry never got its number.")


@dataclass(frozen=True)
class Report:
    """What verification found: how many entries were read, the root, and the first broken entry with the reason."""

    entries: int
    root: str
    broken_index: int | None = None
    reason: str = ""
    verdict: str = Verdict.SOUND
    last_index: int | None = None  # the first that differs lies between the two, where no hash outside says it exactly
    erased: int = field(default=0, compare=False)
    checkpoints: int = field(default=0, compare=False)
    witnessed: int | None = field(default=None, compare=False)

    @property
    def is_sound(self) -> bool:
        return self.verdict == Verdict.SOUND


@dataclass(frozen=True)
class _Head:
    """A checkpoint that the tree must agree with; None for a root that nobody signed."""

    size: int
    root: bytes | None
    is_outside: bool


class _FaultError(Exception):
    def __init__(self, reason: str, index: int | None, verdict: str = Verdict.BROKEN, last: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.index, self.verdict, self.last = reason, index, verdict, last


def self_check() -> SelfCheck:
    """Verify, and write down what was found."""
    began = time.monotonic()
    found = verify()
    return SelfCheck.objects.create(
        verdict=found.verdict, entries=found.entries, root=found.root, first_index=found.broken_index,
        last_index=found.last_index, reason=found.reason, erased=found.erased, checkpoints=found.checkpoints,
        witnessed=found.witnessed, milliseconds=int((time.monotonic() - began) * 1000),
    )  # fmt: skip


def verify() -> Report:
    """Read the whole book again: order, leaf format, leaf hash, body hash, every root and node, every checkpoint in the
    database and outside. Names the first broken entry, or the first that differs from what was signed.
    """
    return _Reading().report()


class _Reading:
    def __init__(self) -> None:
        self.outside = witness.configured()
        self.grown = tree.Frontier()
        self.erased = self.checkpoints = self.witnessed = self.agreed = 0
        self.keys = keys.known()
        # Checkpoints first, the size after them: a checkpoint made meanwhile is not ahead of the tree.
        self.heads = self._heads()
        self.head: _Head | None = None
        self.size = tree_size()
        self.pseudonym = lru_cache(maxsize=50_000)(lambda obj: leaf.pseudonym(book_key(), obj))

    def report(self) -> Report:
        try:
            self._next_head()
            for start in range(0, self.size, _AT_ONCE):
                self._slice(start, min(self.size, start + _AT_ONCE))
            self._unnumbered()
            found = Report(self.grown.size, self.grown.root().hex())
        except _FaultError as fault:
            read = self.size if fault.verdict == Verdict.FORK else self.grown.size
            found = Report(read, self.grown.root().hex(), fault.index, fault.reason, fault.verdict, fault.last)
        return replace(
            found,
            erased=self.erased, checkpoints=self.checkpoints, witnessed=self.witnessed if self.outside else None,
        )  # fmt: skip

    # ── Entries ──

    def _slice(self, start: int, end: int) -> None:
        made: dict[tree.Subtree, bytes] = {}
        for row in _rows(start, end):
            made |= {(level, at): hashed for level, at, hashed in self._entry(row) if level >= KEPT_FROM}
            if self.head is not None and self.head.size == self.grown.size:
                self._next_head()
        if self.grown.size != end:
            raise _FaultError(MISSING, self.grown.size)
        known = kept_nodes(list(made))
        for (level, at), hashed in made.items():
            if known.get((level, at)) != hashed:
                raise _FaultError(NODE_WRONG, ((at + 1) << level) - 1)

    def _entry(self, row: tuple[Any, ...]) -> list[tuple[int, int, bytes]]:
        index, root, written, hashed, has_body, object_id, is_erased, salt, content = row
        if index != self.grown.size:
            raise _FaultError(MISSING, self.grown.size)
        written = bytes(written)
        try:
            fields = leaf.read(written)
        except ValueError:
            raise _FaultError(NOT_CANONICAL, index) from None
        own = tree.leaf_hash(written)
        if bytes(hashed) != own:
            raise _FaultError(LEAF_CHANGED, index)
        if not has_body:
            raise _FaultError(BODY_MISSING, index)
        if is_erased:
            self.erased += 1
        else:
            if salt is None or content is None or leaf.body_hash(bytes(salt), bytes(content)) != fields["body"]:
                raise _FaultError(BODY_CHANGED, index)
            if fields["object"] != self.pseudonym(object_id):
                raise _FaultError(OTHER_OBJECT, index)
        made = self.grown.add(own)
        if self.head is not None and self.head.size == self.grown.size:
            if self.head.root != self.grown.root():
                raise self._fork(self.head)
            self._agree(self.head)
        if bytes(root) != self.grown.root():
            raise _FaultError(ROOT_WRONG, index)
        return made

    def _unnumbered(self) -> None:
        """An entry that neither has a number nor waits for one was taken out of the line."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM book_entry e WHERE NOT EXISTS (SELECT 1 FROM book_place p WHERE p.entry_id = e.id)"
                " AND NOT EXISTS (SELECT 1 FROM book_waiting w WHERE w.entry_id = e.id) LIMIT 1"
            )
            if cursor.fetchone():
                raise _FaultError(NEVER_NUMBERED, None)

    # ── Checkpoints ──

    def _heads(self) -> Iterator[_Head]:
        last = Checkpoint.objects.aggregate(last=Max("pk"))["last"] or 0
        rows = Checkpoint.objects.filter(pk__lte=last).order_by("size", "pk").iterator(chunk_size=2000)
        own = (self._opened(one.note, one, is_outside=False) for one in rows)
        notes: Iterable[str] = self.outside.notes(self.outside.written()) if self.outside else []
        kept = (self._opened(one, None, is_outside=True) for one in notes)
        return heapq.merge(own, kept, key=lambda head: head.size)

    def _opened(self, text: str, row: Checkpoint | None, *, is_outside: bool) -> _Head:
        if not self.keys and row is not None:
            return _Head(row.size, bytes(row.root), is_outside)  # a process without keys still compares the roots
        try:
            words = note.opened(text, self.keys)[0] if self.keys else text.rpartition("\n\n")[0] + "\n"
            origin, size, root = note.read_checkpoint(words)
        except note.MalformedError:
            return _Head(row.size if row else self.grown.size, None, is_outside)
        if row is not None and (row.size, bytes(row.root)) != (size, root):
            return _Head(row.size, None, is_outside)
        is_ours = not self.keys or origin in {one.name for one in self.keys}
        return _Head(size, root if is_ours else None, is_outside)

    def _next_head(self) -> None:
        """Go on to the next checkpoint that lies ahead; those at or behind the present size are compared at once."""
        for head in self.heads:
            if head.root is None:
                raise _FaultError(UNSIGNED, None)
            if head.size > self.size:
                raise self._fork(head)
            if head.size > self.grown.size:
                self.head = head
                return
            if root_at(head.size) != head.root:
                raise self._fork(head)
            self._agree(head)
        self.head = None

    def _agree(self, head: _Head) -> None:
        self.checkpoints += not head.is_outside
        self.witnessed += head.is_outside
        self.agreed = max(self.agreed, head.size)

    def _fork(self, head: _Head) -> _FaultError:
        """The tree does not lead to this head: the first entry that differs, or between which two it lies."""
        exact = self._exact(head)
        is_missing = head.size > self.size if exact is None else exact >= self.size
        reason = BEHIND if is_missing else REWRITTEN
        if exact is not None:
            return _FaultError(reason, exact, Verdict.FORK)
        last = min(head.size - 1, self.size)
        return _FaultError(reason, min(self.agreed, last), Verdict.FORK, last if last > self.agreed else None)

    def _exact(self, head: _Head) -> int | None:
        """The first entry that differs from the leaf hashes kept outside, if those belong to the signed head."""
        if self.outside is None or self.outside.leaves() < head.size:
            return None
        theirs, first = tree.Frontier(), None
        for start in range(0, head.size, _AT_ONCE):
            end = min(head.size, start + _AT_ONCE)
            kept, own = self.outside.hashes(start, end), leaf_hashes(start, end)
            if first is None and kept != own:
                first = start + next(
                    (at for at, (one, two) in enumerate(zip(kept, own, strict=False)) if one != two), len(own)
                )
            for one in kept:
                theirs.add(one)
        return first if theirs.root() == head.root else None


def _rows(start: int, end: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.index, p.root, e.leaf, e.leaf_hash, b.entry_id IS NOT NULL, b.object_id, b.erased_at IS NOT NULL,"
            " b.salt, b.content FROM book_place p JOIN book_entry e ON e.id = p.entry_id"
            " LEFT JOIN book_body b ON b.entry_id = p.entry_id WHERE p.index >= %s AND p.index < %s ORDER BY p.index",
            [start, end],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


__all__ = ["Report", "self_check", "verify"]
