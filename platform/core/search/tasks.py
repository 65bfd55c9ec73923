"""Documents without weights get them."""

from __future__ import annotations

from celery import shared_task

from core.search import services


@shared_task(name="search.weigh", ignore_result=True)
def weigh() -> int:
    """Weigh what was written before there were weights, or came in by another way."""
    weighed = 0
    while some := services.weigh_some():
        weighed += some
    return weighed
