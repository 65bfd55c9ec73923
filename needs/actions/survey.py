"""Surveying a chain's nodes, answering, and turning an answer into a need (R020)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chains.models import Chain, ChainNode
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, NotAllowed, WrongState
from core.inbox import services as inbox
from needs import services
from needs.models import Need
from needs.models.survey import Campaign, SurveyAnswer
from needs.services.survey import open_round
from needs.states.survey import ANSWER, AnswerState, Cycle, RoundState


@command
def create_campaign(
    *, actor: Actor, chain: UUID | str, title: str, questions: Sequence[str], nodes: Sequence[UUID | str], cycle: str, starts_on: dt.date,
    answer_days: int = 14,
) -> Campaign:  # fmt: skip
    """A campaign over nodes of a chain; a due round opens at once, later ones by the clock."""
    found = (
        Chain.objects.filter(pk=chain).first() if policy.visible_to(actor, Chain).filter(pk=chain).exists() else None
    )
    if found is None:
        raise Invalid(_("There is no such chain."), field="chain")
    policy.require(actor, "needs.create_campaign", found)
    if actor.organisation is None:
        raise NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    wrong: dict[str, list[Any]] = {}
    asked = [text.strip() for text in questions if text.strip()]
    rows = list(ChainNode.objects.filter(chain=found, pk__in=list(nodes)))
    if not title.strip():
        wrong["title"] = [_("Give the survey a title.")]
    if not asked:
        wrong["questions"] = [_("Ask at least one question.")]
    if not rows or len(rows) != len(set(map(str, nodes))):
        wrong["nodes"] = [_("Choose nodes of this chain.")]
    if cycle not in Cycle.values:
        wrong["cycle"] = [_("Monthly, quarterly or yearly.")]
    if not 1 <= answer_days <= 90:
        wrong["answer_days"] = [_("Between 1 and 90 days.")]
    services.refuse(wrong)
    campaign = Campaign.objects.create(
        chain=found,
        owner=actor.organisation,
        title=title.strip(),
        questions=asked,
        cycle=cycle,
        starts_on=starts_on,
        answer_days=answer_days,
    )
    campaign.nodes.set(rows)
    book.record(
        actor,
        "create_campaign",
        campaign,
        after={"questions": asked, "nodes": [str(one) for one in rows], "cycle": cycle},
    )
    open_round(campaign, actor)
    return campaign


@command
def answer_survey(*, actor: Actor, answer_id: UUID, texts: Sequence[str]) -> SurveyAnswer:
    """Answer for one's organisation, as often as the round is open."""
    row = policy.fetch_for_update(actor, "needs.answer_survey", SurveyAnswer, answer_id)
    if row.round.state != RoundState.OPEN:
        raise WrongState(_("This round is closed; the next one comes with its period."))
    given = [text.strip() for text in texts]
    if len(given) > len(row.round.campaign.questions) or not any(given):
        raise Invalid(_("Answer at least one question."), field="texts")
    row.state, row.texts = ANSWER.after(AnswerState(row.state), "answer_survey"), given
    row.answered_by, row.answered_at = actor.person, clock.now()
    row.save()
    inbox.close_tasks(key=f"answer_survey:{row.pk}")
    book.record(actor, "answer_survey", row.round.campaign, after={"period": row.round.period, "node": str(row.node)})
    return row


@command
def turn_into_need(*, actor: Actor, answer_id: UUID, title: str, demand_side: str) -> Need:
    """One step from an answer to a draft need, owned by the respondent."""
    row = policy.fetch_for_update(actor, "needs.turn_into_need", SurveyAnswer, answer_id)
    if row.state != AnswerState.ANSWERED:
        raise WrongState(_("Answer the survey first."))
    if row.need_id is not None and row.need is not None:
        return row.need
    assert actor.organisation is not None
    words = "\n".join(text for text in row.texts if text)
    need = services.create_need(
        owner=actor.organisation,
        actor=actor,
        node_id=row.node_id,
        fields={"title": title, "pain_point": words, "demand_side": demand_side},
    )
    row.need = need
    row.save(update_fields=["need"])
    book.record(actor, "turn_into_need", need, after={"survey": str(row.round)})
    return need
