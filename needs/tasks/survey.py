"""Rounds opened, reminded and closed, links mailed; safe to run twice and when a message is lost (R020)."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from core import clock
from core.command import system_command
from needs.models.survey import Campaign, SurveyLink, SurveyRound
from needs.services import survey as services
from needs.states.survey import RoundState

MESSAGES = 200  # at one turn


@shared_task(name="needs.open_due_surveys", ignore_result=True)
def open_due_surveys() -> int:
    """Open the rounds that are due; each campaign is claimed from its row. Returns how many were opened."""
    count = 0
    for pk in list(Campaign.objects.filter(is_active=True, starts_on__lte=clock.today()).values_list("pk", flat=True)):
        with system_command("needs.open_due_surveys") as actor:
            campaign = Campaign.objects.select_for_update(skip_locked=True).filter(pk=pk, is_active=True).first()
            if campaign is not None and services.open_round(campaign, actor) is not None:
                count += 1
    _close_over()
    _remind_silent()
    return count


def _close_over() -> None:
    """Close what is past its day."""
    over = SurveyRound.objects.filter(state=RoundState.OPEN, closes_on__lt=clock.today())
    for pk in list(over.values_list("pk", flat=True)):
        with system_command("needs.close_round") as actor:
            row = over.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is not None:
                services.close_round(row, actor)


def _remind_silent() -> None:
    """Remind the silent once, so many days before the end as the campaign says; a reminder by hand counts as well."""
    rows = SurveyRound.objects.filter(state=RoundState.OPEN, reminded_at__isnull=True, campaign__remind_days__gt=0)
    near = [
        one.pk for one in rows.select_related("campaign")
        if one.closes_on - dt.timedelta(days=one.campaign.remind_days) <= clock.today()
    ]  # fmt: skip
    for pk in near:
        with system_command("needs.remind_silent") as actor:
            row = rows.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is not None:
                services.remind_round(row, actor)


@shared_task(name="needs.mail_survey_links", ignore_result=True)
def mail_survey_links() -> int:
    """Send the personal links that are due; each is claimed from its row. Returns how many went out."""
    due = SurveyLink.objects.filter(
        mail_after__lte=clock.now(), used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now()
    )
    sent = 0
    for pk in list(due.order_by("mail_after").values_list("pk", flat=True)[:MESSAGES]):
        with system_command("needs.mail_survey_links"):
            link = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if link is not None and services.mail_link(link):
                sent += 1
    return sent
