"""Jobs that look for research that is done twice."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from needs.services import duplicate


@shared_task(name="needs.compare_submitted", ignore_result=True)
def compare_submitted(*, object_id: str) -> int:
    """Compare one need, result or project that was just submitted (R106)."""
    return duplicate.compare_one(UUID(object_id))


@shared_task(name="needs.find_duplicates", ignore_result=True)
def find_duplicates() -> int:
    """Compare whatever changed since the last night (R106)."""
    return duplicate.compare_changed()
