"""Jobs of gates: summon, remind, escalate; let conditions lapse. Each is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from core import clock
from projects.services import gate as services


@shared_task(name="projects.open_due_gate_reviews", ignore_result=True)
def open_due_gate_reviews() -> int:
    """Summon the panels of the gates that are due within seven days."""
    with transaction.atomic():
        return services.summon_due(clock.today())


@shared_task(name="projects.lapse_conditions", ignore_result=True)
def lapse_conditions() -> int:
    """Freeze the gates whose conditions were not met in time."""
    with transaction.atomic():
        return services.lapse_due(clock.today())
