"""Complaints grouped anew every night; safe to run twice (R023)."""

from __future__ import annotations

from celery import shared_task

from chains.models import Chain
from core.command import system_command
from needs.services import complaint as services


@shared_task(name="needs.regroup_complaints", ignore_result=True)
def regroup_complaints() -> int:
    """Group each chain's complaints anew, one transaction a chain. Returns how many moved."""
    moved = 0
    for pk in services.chains_with_complaints():
        with system_command("needs.regroup_complaints") as actor:
            chain = Chain.objects.get(pk=pk)
            services.lock(chain)
            moved += services.regroup(chain, actor)
    return moved
