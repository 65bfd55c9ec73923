"""Jobs that deliver news."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.outbox import services


@shared_task(name="outbox.deliver_event", ignore_result=True)
def deliver_event(*, event_id: str) -> None:
    services.deliver(UUID(event_id))


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep() -> int:
    """Deliver what a lost message forgot."""
    return services.deliver_pending()
