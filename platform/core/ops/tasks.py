"""The job by which a worker shows that messages reach it and that it works."""

from __future__ import annotations

from celery import shared_task

from core.ops import heartbeats


@shared_task(name="ops.heartbeat", ignore_result=True, expires=60)
def heartbeat() -> None:
    heartbeats.note("worker")
