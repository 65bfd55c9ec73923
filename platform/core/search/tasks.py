"""Documents without weights get them."""

from __future__ import annotations

from celery import shared_task

from core.search import learning, services


@shared_task(name="search.weigh", ignore_result=True)
def weigh() -> int:
    """Weigh what was written before there were weights, or came in by another way; and give its place to what has none."""
    weighed = 0
    while some := services.weigh_some():
        weighed += some
    while learning.place_some():
        pass
    return weighed


@shared_task(name="search.learn", ignore_result=True)
def learn() -> int:
    """Learn from the library what its words mean; the next `search.weigh` places its documents."""
    return learning.learn()
