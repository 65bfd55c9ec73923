"""Reads about surveys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from chains.models import ChainNode
from chains.queries import chains_led_by
from core import clock
from core.accounts.actor import Actor
from needs.models.survey import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyLink, SurveyRound
from needs.states.survey import SCALE, AnswerState, QuestionKind, RoundState


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
    """One's own answers; those of campaigns that one's organisation runs.

    What outsiders wrote by their personal link reaches whoever runs the campaign and nobody else, not even the operator.
    """
    if actor.is_system:
        return SurveyAnswer.objects.all()
    if actor.organisation is None:
        return SurveyAnswer.objects.none()
    mine = Q(organisation=actor.organisation) | Q(round__campaign__owner=actor.organisation)
    if actor.is_operator and actor.person is not None:
        mine |= Q(contact__isnull=True)
    return SurveyAnswer.objects.filter(mine)


def contacts_visible_to(actor: Actor) -> QuerySet[SurveyContact]:
    """The outsiders whom one's own organisation asks."""
    if actor.is_system:
        return SurveyContact.objects.all()
    return SurveyContact.objects.filter(campaign__owner_id=actor.organisation_id)


def question_sets_visible_to(actor: Actor) -> QuerySet[QuestionSet]:
    if actor.is_system:
        return QuestionSet.objects.all()
    return QuestionSet.objects.filter(owner_id=actor.organisation_id)


def link_of(token_hash: str) -> SurveyLink | None:
    """The living link of this hash: not used, not withdrawn, not over, in a round that is open."""
    return (
        SurveyLink.objects.filter(
            token_hash=token_hash, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now(),
            answer__round__state=RoundState.OPEN,
        )
        .select_related("answer__node", "answer__contact", "answer__round__campaign__owner")
        .first()
    )  # fmt: skip


def questions_in(texts: Sequence[str], form: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Questions with everything that belongs to them; what stands as text alone is free text for all tiers."""
    rows = list(form) or [{"text": text} for text in texts]
    return [
        {"text": "", "kind": str(QuestionKind.TEXT), "options": [], "is_required": False, "tiers": []} | dict(row)
        for row in rows
    ]


def questions_of(round_: SurveyRound) -> list[dict[str, Any]]:
    """What the round asks, as it was when it opened."""
    return questions_in(round_.campaign.questions, round_.form)


def asked_of(questions: Sequence[Mapping[str, Any]], tier: str) -> list[tuple[int, Mapping[str, Any]]]:
    """The questions for a tier, each with its place among all."""
    return [(at, one) for at, one in enumerate(questions) if not one["tiers"] or tier in one["tiers"]]


@dataclass(frozen=True)
class TierResponse:
    """How one tier of the chain answered."""

    tier: str
    label: str
    asked: int
    heard: int
    percent: int | None


@dataclass(frozen=True)
class Response:
    """How a round was answered.

    A node group has answered when one of those asked there has: `asked`, `heard`, `percent` and `silent` speak of node
    groups, the figures with `_respondents` of each one that was asked.
    """

    asked: int
    heard: int
    percent: int | None
    silent: Sequence[str]
    asked_respondents: int
    heard_respondents: int
    respondents_percent: int | None
    silent_respondents: Sequence[str]
    nobody: Sequence[str]  # node groups where nobody could be asked
    tiers: Sequence[TierResponse]


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def response_of(round_: SurveyRound) -> Response:
    """The response by node group, tier and respondent, the silent ones named (R020)."""
    nodes: dict[Any, ChainNode] = {one.pk: one for one in round_.nodes.all() or round_.campaign.nodes.all()}
    heard: dict[Any, bool] = dict.fromkeys(nodes, False)
    people: set[Any] = set()
    silent, given, total = [], 0, 0
    for row in round_.answers.select_related("node", "organisation", "contact"):
        nodes.setdefault(row.node_id, row.node)
        people.add(row.node_id)
        answered = row.state == AnswerState.ANSWERED
        heard[row.node_id] = heard.get(row.node_id, False) or answered
        total += 1
        given += answered
        if not answered:
            silent.append(row.respondent)
    tiers: dict[str, list[bool]] = {}
    for pk, node in nodes.items():
        tiers.setdefault(node.tier, []).append(heard[pk])
    labels = {node.tier: node.get_tier_display() for node in nodes.values()}
    return Response(
        asked=len(heard), heard=sum(heard.values()), percent=_percent(sum(heard.values()), len(heard)),
        silent=[str(nodes[pk]) for pk, one in heard.items() if not one],
        asked_respondents=total, heard_respondents=given, respondents_percent=_percent(given, total),
        silent_respondents=sorted(set(silent)), nobody=[str(node) for pk, node in nodes.items() if pk not in people],
        tiers=[TierResponse(tier, labels[tier], len(one), sum(one), _percent(sum(one), len(one))) for tier, one in tiers.items()],
    )  # fmt: skip


@dataclass
class Result:
    """What a question brought: how often each option was chosen, the mean of a scale, or the words themselves."""

    question: Mapping[str, Any]
    count: int = 0
    options: list[tuple[str, int, int | None]] = field(default_factory=list)
    mean: Decimal | None = None
    words: list[tuple[SurveyAnswer, str]] = field(default_factory=list)


def results_of(round_: SurveyRound, answers: Iterable[SurveyAnswer]) -> list[Result]:
    """The results of a round over these answers, question by question."""
    rows = [row for row in answers if row.state == AnswerState.ANSWERED]
    found = []
    for at, question in enumerate(questions_of(round_)):
        given = [(row, row.texts[at]) for row in rows if at < len(row.texts) and row.texts[at]]
        result = Result(question, count=len(given))
        if question["kind"] == QuestionKind.TEXT:
            result.words = given
        else:
            chosen = Counter(one for _row, text in given for one in text.split("\n"))
            known = list(SCALE) if question["kind"] == QuestionKind.SCALE else list(question["options"])
            result.options = [(one, chosen[one], _percent(chosen[one], len(given))) for one in known]
            if question["kind"] == QuestionKind.SCALE and given:
                marks = sum(int(one) * count for one, count in chosen.items())
                result.mean = (Decimal(marks) / len(given)).quantize(Decimal("0.01"))
        found.append(result)
    return found
