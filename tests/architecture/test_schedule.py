"""Every line of the schedule names a task that exists."""

from __future__ import annotations

from config.celery import app
from config.schedule import SCHEDULE


def test_every_line_of_the_schedule_resolves_to_a_task() -> None:
    app.loader.import_default_modules()
    missing = {line["task"] for line in SCHEDULE.values()} - set(app.tasks)
    assert SCHEDULE
    assert not missing
