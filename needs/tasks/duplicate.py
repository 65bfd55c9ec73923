"""Jobs that look for research that is done twice."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from needs.services import bid_likeness, duplicate


@shared_task(name="needs.compare_submitted", ignore_result=True)
def compare_submitted(*, object_id: str) -> int:
    """Compare one need, result or project that was just submitted (R106)."""
    return duplicate.compare_one(UUID(object_id))


@shared_task(name="needs.find_duplicates", ignore_result=True)
def find_duplicates() -> int:
    """Compare whatever changed since the last night (R106)."""
    return duplicate.compare_changed()


@shared_task(name="needs.compare_bid", ignore_result=True)
def compare_bid(*, bid_id: str) -> int:
    """Compare one bid that was just submitted with its bidder's own work and bids, and the work of others (R106)."""
    return bid_likeness.compare_bid(UUID(bid_id))


@shared_task(name="needs.compare_bids", ignore_result=True)
def compare_bids() -> int:
    """Compare the bids on which nothing is decided, and the opened ones with each other (R106)."""
    return bid_likeness.compare_bids()
