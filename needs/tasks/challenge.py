"""Jobs of challenges. What people may read never waits for them; see `needs.queries.bids_visible_to`."""

from __future__ import annotations

from celery import shared_task

from core import clock
from needs.services.challenge import close_due
from needs.services.notice import end_due


@shared_task(name="needs.close_challenges", ignore_result=True)
def close_challenges() -> int:
    """Close what is past its deadline: opening record, conflicts, tasks of the panel. Safe to run twice."""
    return close_due(clock.now())


@shared_task(name="needs.end_notices", ignore_result=True)
def end_notices() -> int:
    """Ask for the second signatures where the notice of a proposed award has ended. Safe to run twice."""
    return end_due(clock.now())
