"""Questions and answers of a challenge: its tab, the list, and the two forms."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb
from needs.actions import question as actions
from needs.models.challenge import Challenge
from needs.models.question import Question
from needs.queries.question import answers_due_at, questions_close_at, questions_visible_to, takes_questions
from needs.states.question import QuestionState
from needs.web.doors import actor_of


class Questions(tables.Table):
    """The questions of one challenge as a list that can be searched and exported."""

    columns = [
        tables.Column("number", _("Number"), kind="number", sort="number", is_primary=True),
        tables.Column("text", _("The question"), sort="text"),
        tables.Column("answer", _("Answer")),
        tables.Column("answered_at", _("Answered"), kind="datetime", sort="answered_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [
        tables.Multi("state", _("State"), choices=QuestionState.choices, facet=True),
        tables.DateRange("answered", _("Answered"), lookup="answered_at", is_moment=True),
    ]
    search = ["text", "answer"]
    default_sort = "number"
    file_name = "questions"
    empty = tables.Empty(
        _("No question yet"),
        _("Whoever may bid may ask; question and answer are published together, without the asker's name."),
        icon="message-question",
    )


class QuestionForm(forms.Form):
    """One question."""

    text = forms.LongTextField(
        label=_("The question"), rows=5, max_length=actions.LONGEST,
        help_text=_("Do not name yourself: everyone reads these words together with the answer."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """One answer."""

    answer = forms.LongTextField(label=_("Answer"), rows=6, max_length=actions.LONGEST)


def questions_tab(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    """What the tab shows."""
    rows = list(questions_visible_to(actor).filter(challenge=challenge).select_related("challenge"))
    open_now = not challenge.is_past_deadline and challenge.state == "published"
    may_answer = {
        one.pk
        for one in rows
        if open_now and one.state == QuestionState.ASKED and policy.can(actor, "needs.answer_question", one)
    }
    return {
        "questions": [{"question": one, "may_answer": one.pk in may_answer} for one in rows],
        "may_ask": takes_questions(challenge) and policy.can(actor, "needs.ask_question", challenge),
        "questions_until": questions_close_at(challenge),
        "answers_until": answers_due_at(challenge),
        "is_asking_over": not takes_questions(challenge),
    }


def list_questions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The questions that the actor may read, as a list."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.view_challenge", Challenge, pk)
    table = Questions(questions_visible_to(actor).filter(challenge=challenge))
    return tables.render(request, table, title=_("Questions and answers"), crumbs=_crumbs(challenge))


def ask_question(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new question."""
    challenge = policy.fetch(actor_of(request), "needs.ask_question", Challenge, pk)
    return form_page(
        request,
        "components/form_page.html",
        QuestionForm,
        action=partial(actions.ask_question, challenge_id=pk),
        success=_tab(pk),
        title=_("Ask a question"),
        crumbs=_crumbs(challenge),
        submit=_("Ask"),
        context={"cancel_url": _tab(pk)},
        message=_("Asked. You are told when it is answered."),
        draft=f"question-{pk}",
    )


def answer_question(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answer to one question."""
    question = policy.fetch(actor_of(request), "needs.answer_question", Question, pk)
    return form_page(
        request,
        "needs/question_answer.html",
        AnswerForm,
        action=partial(actions.answer_question, question_id=pk),
        success=_tab(question.challenge_id),
        title=_("Answer question %(number)s") % {"number": question.number},
        crumbs=_crumbs(question.challenge),
        submit=_("Publish the answer"),
        context={
            "question": question,
            "cancel_url": _tab(question.challenge_id),
            "is_final": True,
            "cannot_undo": _(
                "Everyone who sees the challenge reads it at once. It cannot be changed; an addendum can follow."
            ),
        },
        message=_("Published; everyone who follows or bids is told."),
        draft=f"answer-{pk}",
    )


def _tab(pk: UUID) -> str:
    return reverse("needs:challenge", args=[pk]) + "?tab=questions"


def _crumbs(challenge: Challenge) -> list[Crumb]:
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        crumb(_("Questions and answers")),
    ]
