"""Opening rounds and closing them; called by the clock (R020)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_noop

from chains.models import NodeMember
from core import book, clock
from core.accounts.actor import Actor
from core.inbox import services as inbox
from needs.models.survey import Campaign, SurveyAnswer, SurveyRound
from needs.states.survey import ROUND, Cycle, RoundState


def period_of(campaign: Campaign, day: dt.date) -> tuple[str, dt.date]:
    """The period that the day lies in, and its first day: 2026-11, 2026-Q4 or 2026."""
    if campaign.cycle == Cycle.MONTHLY:
        return f"{day:%Y-%m}", day.replace(day=1)
    if campaign.cycle == Cycle.QUARTERLY:
        quarter = (day.month - 1) // 3
        return f"{day.year}-Q{quarter + 1}", dt.date(day.year, quarter * 3 + 1, 1)
    return f"{day.year}", dt.date(day.year, 1, 1)


def open_round(campaign: Campaign, actor: Actor) -> SurveyRound | None:
    """The round of the present period, opened once with a task for each organisation on its nodes; None when it stands."""
    today = clock.today()
    if not campaign.is_active or today < campaign.starts_on:
        return None
    period, first = period_of(campaign, today)
    opens = max(first, campaign.starts_on)
    row, fresh = SurveyRound.objects.get_or_create(
        campaign=campaign,
        period=period,
        defaults={"opens_on": opens, "closes_on": today + dt.timedelta(days=campaign.answer_days)},
    )
    if not fresh:
        return None
    due_at = dt.datetime.combine(row.closes_on, dt.time(23, 59, 59), clock.CHINA)
    members = NodeMember.objects.filter(node__in=campaign.nodes.all()).select_related("node", "organisation")
    for member in members:
        answer = SurveyAnswer.objects.create(round=row, node=member.node, organisation=member.organisation)
        inbox.open_task(
            kind="answer_survey", title=gettext_noop("Answer the survey “%(campaign)s” (%(period)s)"),
            params={"campaign": campaign.title, "period": period}, organisation=member.organisation, role="member", obj=answer,
            why=gettext_noop("Your organisation works at a node that is asked"), link=reverse("needs:answer_survey", args=[answer.pk]),
            due_at=due_at, key=f"answer_survey:{answer.pk}",
        )  # fmt: skip
    book.record(actor, "open_round", campaign, after={"period": period, "asked": len(members)})
    return row


def close_round(row: SurveyRound, actor: Actor) -> None:
    """Close a round past its day; what was not answered needs no more."""
    row.state = ROUND.after(RoundState(row.state), "close_round")
    row.save(update_fields=["state"])
    for answer in row.answers.all():
        inbox.cancel_tasks(key=f"answer_survey:{answer.pk}")
    book.record(actor, "close_round", row.campaign, after={"period": row.period})
