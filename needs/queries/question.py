"""Reads of questions and answers: the same for everyone, without the asker's name."""

from __future__ import annotations

import datetime as dt

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from core import clock
from core.accounts.actor import Actor
from needs.models.challenge import Challenge
from needs.models.question import Question
from needs.queries.challenge import challenges_visible_to
from needs.states.challenge import ChallengeState
from needs.states.question import QuestionState


def questions_visible_to(actor: Actor) -> QuerySet[Question]:
    """Answered ones to everyone who sees the challenge; one that waits to its asker and, nameless, to the issuer.

    A question is read with its answer, so that nobody learns from another's words earlier than all. `is_own` says whether
    the acting organisation asked; nothing else about the asker leaves this query.
    """
    seen = Q(state=QuestionState.ANSWERED)
    own: When | None = None
    if actor.organisation_id is not None:
        seen |= Q(organisation_id=actor.organisation_id) | Q(challenge__issuer_id=actor.organisation_id)
        own = When(organisation_id=actor.organisation_id, then=Value(True))
    rows = Question.objects.filter(challenge__in=challenges_visible_to(actor).order_by().values("pk"))
    if not actor.is_system:
        rows = rows.filter(seen)
    cases = [own] if own is not None else []
    return rows.annotate(is_own=Case(*cases, default=Value(False), output_field=BooleanField()))


def questions_close_at(challenge: Challenge) -> dt.datetime | None:
    """Until when questions are taken: the challenge's own moment, or else the deadline of the bids."""
    return challenge.questions_until or challenge.deadline_at


def answers_due_at(challenge: Challenge) -> dt.datetime | None:
    """Until when the issuer promises to answer."""
    return challenge.answers_until or challenge.deadline_at


def takes_questions(challenge: Challenge) -> bool:
    """Whether a question may be asked now."""
    until = questions_close_at(challenge)
    return (
        challenge.state == ChallengeState.PUBLISHED
        and until is not None
        and until > clock.now()
        and not challenge.is_past_deadline
    )
