"""Signing the tree's head, at most once a minute, and never a fork."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from core import clock
from core.book import keys, note, witness
from core.book.models import Checkpoint, SelfCheck, Verdict
from core.book.queries import leaf_hashes, newest_checkpoint, present_verdict, root_at, tree_size
from core.book.services import LOCK

log = logging.getLogger(__name__)

PAUSE = dt.timedelta(minutes=1)
_AT_ONCE = 20_000

BEHIND = gettext_noop("The database is behind a checkpoint that was signed: an older backup was restored.")
REWRITTEN = gettext_noop(
    "The history differs from a checkpoint that was signed: it was rewritten, or an older backup was continued."
)
UNSIGNED = gettext_noop("A checkpoint is not signed by a key that the platform's settings name.")


def make_checkpoint() -> Checkpoint | None:
    """Sign the tree as it stands in the database, keep a copy outside, and give the checkpoint.

    None when nothing changed, when the last is younger than a minute, when this process has no key, or when the tree
    contradicts a checkpoint that was signed before: then the fault is written down and nothing is signed.
    """
    signer = keys.signer()
    if signer is None:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        size, newest, vkey = tree_size(), newest_checkpoint(), signer.key.vkey
        fault = _contradiction(size, newest)
        if fault is None:
            is_same = newest is not None and (newest.size, newest.vkey) == (size, vkey)
            if size == 0 or is_same or (newest is not None and clock.now() - newest.at < PAUSE):
                return None
            root = root_at(size)
            assert root is not None, "the tree has an entry at each index"
            signed = signer.sign(note.checkpoint_text(signer.name, size, root))
            _keep_outside(signed, size)
            return Checkpoint.objects.create(size=size, root=root, vkey=vkey, note=signed)
    _write_down(fault)
    return None


def _contradiction(size: int, newest: Checkpoint | None) -> SelfCheck | None:
    """What speaks against signing this tree: the newest checkpoint, in the database and outside."""
    heads = [(newest.size, bytes(newest.root))] if newest else []
    outside = witness.configured()
    kept = outside.newest() if outside else None
    seen = 0 if outside else None
    if kept is not None:
        try:
            heads.append(note.read_checkpoint(note.opened(kept, keys.known())[0])[1:])
        except note.MalformedError:
            return SelfCheck(verdict=Verdict.BROKEN, entries=size, reason=UNSIGNED, witnessed=seen)
    for signed_size, signed_root in heads:
        if signed_size > size:
            return SelfCheck(verdict=Verdict.FORK, entries=size, first_index=size, reason=BEHIND, witnessed=seen)
        if root_at(signed_size) != signed_root:
            return SelfCheck(
                verdict=Verdict.FORK, entries=size, first_index=0, last_index=signed_size - 1, reason=REWRITTEN,
                witnessed=seen,
            )  # fmt: skip
    return None


def _keep_outside(signed: str, size: int) -> None:
    outside = witness.configured()
    if outside is None:
        return
    for start in range(outside.leaves(), size, _AT_ONCE):
        outside.keep_leaves(leaf_hashes(start, min(size, start + _AT_ONCE)))
    outside.keep_note(signed)


def _write_down(fault: SelfCheck) -> None:
    """A fault that is known already is not written again; the nightly reading finds the exact entry."""
    known = present_verdict()
    if known is None or known.verdict == Verdict.SOUND:
        fault.root = (root_at(fault.entries) or b"").hex()
        fault.save()
        log.error("no checkpoint is signed: %s", fault.reason)
