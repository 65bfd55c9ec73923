"""What the clock does in the room."""

from __future__ import annotations

from celery import shared_task

from benefits import services
from core.command import system_command


@shared_task(name="benefits.mark_late_calls", ignore_result=True)
def mark_late_calls() -> int:
    """Parts of calls that are unpaid past their day become late (R083); safe to run twice."""
    with system_command("benefits.mark_late_calls") as actor:
        return services.mark_late_calls(actor)
