"""Who may ask about a challenge, and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from needs.models.question import Question
from needs.queries.question import questions_visible_to
from needs.rules.bid import may_bid
from needs.rules.challenge import signs_for_issuer


def answers_questions(actor: Actor, question: Any) -> bool:
    """A signatory or admin of the issuer: an answer binds like the challenge itself."""
    return isinstance(question, Question) and signs_for_issuer(actor, question.challenge)


policy.register(
    {"needs.ask_question": may_bid, "needs.answer_question": answers_questions},
    told={
        "needs.ask_question": _("Who may bid may ask; the issuer, the need's owner and the operator may not."),
        "needs.answer_question": _("Only a signatory or admin of the issuer answers."),
    },
)
policy.visible(Question, "needs.view_question", questions_visible_to)
