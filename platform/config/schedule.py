"""Every periodic job, one line each. A job finds what is due and starts one small task per item."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

MINUTE = 60.0


def job(task: str, when: float | crontab) -> dict[str, Any]:
    """One line of the schedule. A message that waited until the next turn is dropped: that turn does the same work."""
    return (
        {"task": task, "schedule": when, "options": {"expires": when}}
        if isinstance(when, float)
        else {
            "task": task,
            "schedule": when,
        }
    )


SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what the outbox still holds": job("outbox.sweep", MINUTE),
}
