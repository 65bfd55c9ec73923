"""Reads about surveys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from chains.queries import chains_led_by
from core.accounts.actor import Actor
from needs.models.survey import Campaign, SurveyAnswer, SurveyRound
from needs.states.survey import AnswerState


def campaigns_visible_to(actor: Actor) -> QuerySet[Campaign]:
    """One's own campaigns, those of chains one leads, and those one is asked in; the operator sees all."""
    if actor.is_system or (actor.is_operator and actor.person is not None):
        return Campaign.objects.all()
    if actor.organisation is None:
        return Campaign.objects.none()
    asked = SurveyAnswer.objects.filter(organisation=actor.organisation).values("round__campaign_id")
    return Campaign.objects.filter(
        Q(owner=actor.organisation) | Q(chain__in=chains_led_by(actor.organisation)) | Q(pk__in=asked)
    )


def rounds_visible_to(actor: Actor) -> QuerySet[SurveyRound]:
    return SurveyRound.objects.filter(campaign__in=campaigns_visible_to(actor))


def answers_visible_to(actor: Actor) -> QuerySet[SurveyAnswer]:
    """One's own answers; those of campaigns that one's organisation runs."""
    if actor.is_system or (actor.is_operator and actor.person is not None):
        return SurveyAnswer.objects.all()
    if actor.organisation is None:
        return SurveyAnswer.objects.none()
    return SurveyAnswer.objects.filter(
        Q(organisation=actor.organisation) | Q(round__campaign__owner=actor.organisation)
    )


@dataclass(frozen=True)
class Response:
    """How a round was answered: nodes asked and heard of, the rate in percent, and the silent nodes by name."""

    asked: int
    heard: int
    percent: int | None
    silent: Sequence[str]


def response_of(round_: SurveyRound) -> Response:
    """The response by node group: a node has answered when one of its organisations has (R020)."""
    heard: dict[str, bool] = {str(node): False for node in round_.campaign.nodes.all()}
    for row in round_.answers.select_related("node"):
        heard[str(row.node)] = heard.get(str(row.node), False) or row.state == AnswerState.ANSWERED
    count = sum(heard.values())
    percent = round(100 * count / len(heard)) if heard else None
    return Response(len(heard), count, percent, [name for name, answered in heard.items() if not answered])
