"""The job that watches."""

from __future__ import annotations

from celery import shared_task

from core.checks import services


@shared_task(name="checks.watch", ignore_result=True)
def watch() -> int:
    """Run every watching check once."""
    return services.watch()
