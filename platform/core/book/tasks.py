"""The sequencer and the nightly self-check."""

from __future__ import annotations

import logging

from celery import shared_task

from core.book import services

log = logging.getLogger(__name__)


@shared_task(name="book.sequence", ignore_result=True)
def sequence() -> int:
    """Place what waits."""
    return services.sequence()


@shared_task(name="book.verify", ignore_result=True)
def verify() -> bool:
    """Read the whole book; a fault is an error in the log."""
    report = services.verify()
    if not report.is_sound:
        log.error("the book is broken at entry %s: %s", report.broken_index, report.reason)
    return report.is_sound
