"""The sequencer, the signer and the nightly self-check."""

from __future__ import annotations

import logging

from celery import shared_task

from core.book import checkpoints, services, verifying
from core.book.models import Verdict

log = logging.getLogger(__name__)

TURNS = 100  # of a batch each: what is left waits for the next minute


@shared_task(name="book.sequence", ignore_result=True)
def sequence() -> int:
    """Place what waits."""
    placed = 0
    for _turn in range(TURNS):
        placed += (some := services.sequence())
        if not some:
            break
    return placed


@shared_task(name="book.checkpoint", ignore_result=True)
def checkpoint() -> int | None:
    """Sign the head if it changed and the last signature is a minute old; gives the size that was signed."""
    made = checkpoints.make_checkpoint()
    return made.size if made else None


@shared_task(name="book.verify", ignore_result=True)
def verify() -> bool:
    """Read the whole book and write down what was found; a fault is an error in the log, and an alert."""
    found = verifying.self_check()
    if found.verdict != Verdict.SOUND:
        log.error("the book is not sound at entry %s: %s", found.first_index, found.reason)
    return found.verdict == Verdict.SOUND
