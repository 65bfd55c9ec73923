"""Jobs that send webhooks."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.webhooks import services


@shared_task(name="webhooks.send_delivery", ignore_result=True)
def send_delivery(*, delivery_id: str) -> int:
    """Try a delivery and what else is due for its endpoint."""
    return services.send(UUID(delivery_id))


@shared_task(name="webhooks.send_due", ignore_result=True)
def send_due() -> int:
    """Start a small job for each delivery that is due."""
    due = services.start_due()
    for pk in due:
        send_delivery.apply_async(kwargs={"delivery_id": str(pk)}, retry=False)
    return len(due)


@shared_task(name="webhooks.forget_old", ignore_result=True)
def forget_old() -> int:
    """Delete what is older than the log is kept."""
    return services.forget_old()
