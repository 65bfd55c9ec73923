"""Jobs of needs."""

from __future__ import annotations

from celery import shared_task

from needs.services.freshness import review_due


@shared_task(name="needs.review_due", ignore_result=True)
def review_due_needs() -> tuple[int, int]:
    """Mark needs that nobody confirmed in time, and take those out of matching that waited longer (R021)."""
    return review_due()
