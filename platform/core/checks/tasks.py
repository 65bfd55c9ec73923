"""The jobs that watch."""

from __future__ import annotations

from celery import shared_task

from core.checks import services


@shared_task(name="checks.watch", ignore_result=True)
def watch() -> int:
    """Run every watching check once."""
    return services.watch()


@shared_task(name="checks.watch_rules", ignore_result=True)
def watch_rules(*, codes: list[str]) -> int:
    """Run the watching checks of some rules once, as after a changed threshold."""
    return services.watch(set(codes))
