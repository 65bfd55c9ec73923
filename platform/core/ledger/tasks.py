"""Expiring holds, and the nightly replay."""

from __future__ import annotations

import logging

from celery import shared_task

from core.command import system_command
from core.ledger import services

log = logging.getLogger(__name__)


@shared_task(name="ledger.expire_holds", ignore_result=True)
def expire_holds() -> int:
    """One transaction for each hold: several in one would keep accounts locked, and deadlock with people's postings."""
    ended = 0
    for pending in services.holds_due():
        with system_command("ledger.expire_holds") as actor:
            ended += services.expire(pending, actor=actor)
    return ended


@shared_task(name="ledger.verify", ignore_result=True)
def verify() -> bool:
    report = services.verify()
    for fault in report.faults:
        log.error("ledger: %s", fault)
    return report.is_sound
