"""The job that looks for opportunities across chains."""

from __future__ import annotations

from celery import shared_task

from needs.services import opportunity


@shared_task(name="needs.find_opportunities", ignore_result=True)
def find_opportunities() -> int:
    """Look with whatever changed since the last run (R122)."""
    return opportunity.find_changed()
