"""Opening due rounds and closing those past their day; safe to run twice and when a message is lost (R020)."""

from __future__ import annotations

from celery import shared_task

from core import clock
from core.command import system_command
from needs.models.survey import Campaign, SurveyRound
from needs.services.survey import close_round, open_round
from needs.states.survey import RoundState


@shared_task(name="needs.open_due_surveys", ignore_result=True)
def open_due_surveys() -> int:
    """Open the rounds that are due; each campaign is claimed from its row. Returns how many were opened."""
    count = 0
    for pk in list(Campaign.objects.filter(is_active=True, starts_on__lte=clock.today()).values_list("pk", flat=True)):
        with system_command("needs.open_due_surveys") as actor:
            campaign = Campaign.objects.select_for_update(skip_locked=True).filter(pk=pk, is_active=True).first()
            if campaign is not None and open_round(campaign, actor) is not None:
                count += 1
    for pk in list(
        SurveyRound.objects.filter(state=RoundState.OPEN, closes_on__lt=clock.today()).values_list("pk", flat=True)
    ):
        with system_command("needs.close_round") as actor:
            row = SurveyRound.objects.select_for_update(skip_locked=True).filter(pk=pk, state=RoundState.OPEN).first()
            if row is not None:
                close_round(row, actor)
    return count
