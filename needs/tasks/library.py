"""Jobs of the library."""

from __future__ import annotations

from celery import shared_task

from needs.services.saved_search import tell_due


@shared_task(name="needs.tell_searches", ignore_result=True)
def tell_searches() -> int:
    """Tell the owners of saved searches what is new (R019). Safe to run twice."""
    return tell_due()
