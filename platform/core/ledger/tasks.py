"""Expiring holds, and the nightly replay."""

from __future__ import annotations

import logging

from celery import shared_task

from core.command import system_command
from core.ledger import services

log = logging.getLogger(__name__)


@shared_task(name="ledger.expire_holds", ignore_result=True)
def expire_holds() -> int:
    with system_command("ledger.expire_holds") as actor:
        return services.expire_due(actor)


@shared_task(name="ledger.verify", ignore_result=True)
def verify() -> bool:
    report = services.verify()
    for fault in report.faults:
        log.error("ledger: %s", fault)
    return report.is_sound
