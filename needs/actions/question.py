"""Questions before the deadline and their answers to everyone (R015)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.events.challenge import QuestionAnswered
from needs.models.challenge import Challenge
from needs.models.question import Question
from needs.queries.question import answers_due_at, questions_close_at, takes_questions
from needs.services.challenge import challenge_link, tell_watchers
from needs.states.question import QUESTION

LONGEST = 5000
# One organisation's questions to one challenge, so that nobody drowns the others.
MOST = 50


@command
def ask_question(*, actor: Actor, challenge_id: UUID, text: str) -> Question:
    """Ask about an open challenge. Question and answer are published together; nobody is told who asked."""
    seen = policy.fetch(actor, "needs.ask_question", Challenge, challenge_id)
    challenge = Challenge.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=seen.pk)
    if not takes_questions(challenge):
        until = questions_close_at(challenge)
        raise WrongState(
            _("Questions were taken until %(until)s (Beijing time).") % {"until": _said_moment(until)}
            if until is not None and until <= clock.now()
            else _("This challenge takes no questions."),
            code="questions_closed",
        )
    text = text.strip()
    if not text:
        raise Invalid(_("Please write a question."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="text")
    assert actor.organisation is not None
    if challenge.questions.filter(organisation=actor.organisation).count() >= MOST:
        raise Invalid(_("Your organisation has asked %d questions already.") % MOST, field="text")
    question = Question.objects.create(
        challenge=challenge,
        number=challenge.questions.count() + 1,
        organisation=actor.organisation,
        asked_by=actor.person,
        text=text,
    )
    question.is_own = True  # type: ignore[attr-defined]  # as the visible query annotates it
    # Booked on the question, which only its asker's organisation reads: the challenge's own history names no asker.
    book.record(actor, "ask_question", question, after={"number": question.number})
    inbox.open_task(
        kind="answer_question",
        title=gettext_noop("Answer question %(number)s about %(challenge)s"),
        params={"number": question.number, "challenge": str(challenge)},
        why=gettext_noop("Everyone reads question and answer; who asked is told to nobody."),
        organisation=challenge.issuer,
        role="signatory",
        obj=challenge,
        link=challenge_link(challenge) + "?tab=questions",
        due_at=answers_due_at(challenge),
        key=f"answer_question:{question.pk}",
    )
    return question


@command
def answer_question(*, actor: Actor, question_id: UUID, answer: str) -> Question:
    """Answer a question to everyone, while bids are still taken; an answer is not changed, an addendum may follow it."""
    seen = policy.fetch(actor, "needs.answer_question", Question, question_id)
    challenge = Challenge.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=seen.challenge_id)
    question = policy.fetch_for_update(actor, "needs.answer_question", Question, seen.pk)
    if challenge.state != "published" or challenge.is_past_deadline:
        raise WrongState(
            _("Bids are no longer taken; an answer now would come too late for everyone."), code="deadline_passed"
        )
    question.state = QUESTION.after(question.state, "answer_question")
    answer = answer.strip()
    if not answer:
        raise Invalid(_("Please write an answer."), field="answer")
    if len(answer) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="answer")
    question.answer, question.answered_by, question.answered_at = answer, actor.person, clock.now()
    question.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    question.is_own = False  # type: ignore[attr-defined]  # as the visible query annotates it
    book.record(actor, "answer_question", challenge, after={"number": question.number, "answer": answer})
    outbox.publish(QuestionAnswered(challenge_id=challenge.pk, question_id=question.pk))
    inbox.close_tasks(key=f"answer_question:{question.pk}")
    told = {"number": question.number}
    tell_watchers(
        challenge,
        kind="question_answered",
        title=gettext_noop("Question %(number)s about %(challenge)s is answered"),
        params=told,
        body=f"{question.text}\n\n{answer}",
        key=f"question_answered:{question.pk}",
    )
    inbox.notify(
        kind="question_answered",
        title=gettext_noop("Question %(number)s about %(challenge)s is answered"),
        params={"challenge": str(challenge), **told},
        body=f"{question.text}\n\n{answer}",
        to=question.organisation,
        obj=challenge,
        link=challenge_link(challenge) + "?tab=questions",
        key=f"question_answered:{question.pk}",
    )
    return question


def _said_moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
