"""Questions, rounds, reminders and personal links; called by the clock and by actions (R020)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import NodeMember
from chains.states import Tier
from core import book, clock
from core.accounts.actor import Actor
from core.errors import Invalid
from core.inbox import services as inbox
from core.inbox.mail import absolute
from core.inbox.models import Task
from core.inbox.queries import people_asked
from core.inbox.states import TaskState
from needs.models.survey import Campaign, SurveyAnswer, SurveyContact, SurveyLink, SurveyRound
from needs.queries.survey import asked_of, questions_of, response_of
from needs.states.survey import ANSWER, ROUND, SCALE, AnswerState, Cycle, QuestionKind, RoundState

MOST_QUESTIONS, MOST_OPTIONS, LONGEST_ANSWER = 20, 12, 5000
MAIL_TRIES = 5


def question_rows(given: Sequence[Mapping[str, Any] | str], *, field: str = "questions") -> list[dict[str, Any]]:
    """Questions in the form that is kept. Raises Invalid naming `questions.<n>.<field>`."""
    wrong: dict[str, list[Any]] = {}
    rows: list[dict[str, Any]] = []
    asked = [one if isinstance(one, Mapping) else {"text": one} for one in given]
    for at, row in enumerate(one for one in asked if str(one.get("text", "")).strip() or len(one) > 1):
        text, kind = str(row.get("text", "")).strip(), str(row.get("kind") or QuestionKind.TEXT)
        options = list(
            dict.fromkeys(" ".join(str(one).split()) for one in row.get("options") or [] if str(one).strip())
        )
        tiers = [str(one) for one in row.get("tiers") or []]
        if not text or len(text) > 300:
            wrong[f"{field}.{at}.text"] = [_("Ask something, in 300 characters at most.")]
        if kind not in QuestionKind.values:
            wrong[f"{field}.{at}.kind"] = [_("Free text, one of several, several of several, or a scale.")]
        if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES) and not 2 <= len(options) <= MOST_OPTIONS:
            wrong[f"{field}.{at}.options"] = [
                _("Give between 2 and %(n)s options to choose from.") % {"n": MOST_OPTIONS}
            ]
        if any(len(one) > 120 for one in options):
            wrong[f"{field}.{at}.options"] = [_("An option has 120 characters at most.")]
        if any(one not in Tier.values for one in tiers):
            wrong[f"{field}.{at}.tiers"] = [_("Upstream, midstream or downstream.")]
        has_options = kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)
        rows.append(
            {"text": text, "kind": kind, "options": options if has_options else [], "is_required": bool(row.get("is_required")), "tiers": tiers}
        )  # fmt: skip
    if not rows:
        wrong[field] = [_("Ask at least one question.")]
    if len(rows) > MOST_QUESTIONS:
        wrong[field] = [_("At most %(n)s questions; who answers has two minutes.") % {"n": MOST_QUESTIONS}]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    return rows


def answer_texts(row: SurveyAnswer, texts: Sequence[str]) -> list[str]:
    """What was answered, one text for each question of the round. Raises Invalid under `texts` or `texts.<n>`."""
    questions = questions_of(row.round)
    given = [str(text).strip() for text in texts]
    if len(given) > len(questions) or not any(given):
        raise Invalid(_("Answer at least one question."), field="texts")
    given += [""] * (len(questions) - len(given))
    wrong: dict[str, list[Any]] = {}
    asked = dict(asked_of(questions, row.node.tier))
    for at, text in enumerate(given):
        question = asked.get(at)
        if question is None:
            given[at] = ""  # not asked of this tier
        elif not text:
            if question["is_required"]:
                wrong[f"texts.{at}"] = [_("This question needs an answer.")]
        elif told := _mistaken(question, text):
            wrong[f"texts.{at}"] = [told]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    if not any(given):
        raise Invalid(_("Answer at least one question."), field="texts")
    return given


def _mistaken(question: Mapping[str, Any], text: str) -> str:
    kind = question["kind"]
    if kind == QuestionKind.TEXT:
        return _("At most %(n)s characters.") % {"n": LONGEST_ANSWER} if len(text) > LONGEST_ANSWER else ""
    if kind == QuestionKind.SCALE:
        return "" if text in SCALE else _("A whole number from 1 to 5.")
    chosen = text.split("\n") if kind == QuestionKind.CHOICES else [text]
    if any(one not in question["options"] for one in chosen) or len(set(chosen)) != len(chosen):
        return _("Choose from the options of the question.")
    return ""


def period_of(campaign: Campaign, day: dt.date) -> tuple[str, dt.date]:
    """The period that the day lies in, and its first day: 2026-11, 2026-Q4, 2026-H2, 2026, or the one of a single round."""
    match campaign.cycle:
        case Cycle.MONTHLY:
            return f"{day:%Y-%m}", day.replace(day=1)
        case Cycle.QUARTERLY:
            quarter = (day.month - 1) // 3
            return f"{day.year}-Q{quarter + 1}", dt.date(day.year, quarter * 3 + 1, 1)
        case Cycle.HALF_YEARLY:
            half = (day.month - 1) // 6
            return f"{day.year}-H{half + 1}", dt.date(day.year, half * 6 + 1, 1)
        case Cycle.ONCE:
            return f"{campaign.starts_on:%Y-%m-%d}", campaign.starts_on
    return f"{day.year}", dt.date(day.year, 1, 1)


def open_round(campaign: Campaign, actor: Actor) -> SurveyRound | None:
    """The round of the present period, opened once with a task for each organisation on its nodes; None when it stands."""
    today = clock.today()
    if not campaign.is_active or today < campaign.starts_on:
        return None
    period, first = period_of(campaign, today)
    row, fresh = SurveyRound.objects.get_or_create(
        campaign=campaign,
        period=period,
        defaults={
            "opens_on": max(first, campaign.starts_on),
            "closes_on": today + dt.timedelta(days=campaign.answer_days),
            "form": campaign.form,
        },
    )
    if not fresh:
        return None
    row.nodes.set(campaign.nodes.all())
    members = NodeMember.objects.filter(node__in=campaign.nodes.all()).select_related("node", "organisation")
    for member in members:
        answer = SurveyAnswer.objects.create(round=row, node=member.node, organisation=member.organisation)
        inbox.open_task(
            kind="answer_survey", title=gettext_noop("Answer the survey “%(campaign)s” (%(period)s)"),
            params={"campaign": campaign.title, "period": period}, organisation=member.organisation, role="member", obj=answer,
            why=gettext_noop("Your organisation works at a node that is asked"), link=reverse("needs:answer_survey", args=[answer.pk]),
            due_at=end_of(row), key=f"answer_survey:{answer.pk}",
        )  # fmt: skip
    outsiders = [
        ask_contact(row, one) for one in campaign.contacts.filter(is_active=True, node__in=campaign.nodes.all())
    ]
    book.record(
        actor, "open_round", campaign, after={"period": period, "asked": len(members), "asked_by_link": len(outsiders)}
    )
    return row


def end_of(row: SurveyRound) -> dt.datetime:
    """The last moment of a round."""
    return dt.datetime.combine(row.closes_on, dt.time(23, 59, 59), clock.CHINA)


def ask_contact(row: SurveyRound, contact: SurveyContact) -> SurveyAnswer:
    """Ask an outsider in this round, once; with an e-mail address the link goes out by the next mail job."""
    answer, fresh = SurveyAnswer.objects.get_or_create(round=row, contact=contact, defaults={"node": contact.node})
    if fresh and contact.email:
        queue_link(answer)
    return answer


def hash_of(secret: str) -> str:
    """Under what a secret is kept and found."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fresh_link(answer: SurveyAnswer) -> tuple[SurveyLink, str]:
    """A new secret for the answer's link; an earlier one no longer works. The secret is told here and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    values = {"token_hash": hash_of(secret), "expires_at": end_of(answer.round), "revoked_at": None}
    link, _fresh = SurveyLink.objects.update_or_create(answer=answer, defaults=values)
    return link, secret


def queue_link(answer: SurveyAnswer) -> None:
    """Have the mail job send a link; until then one that was sent earlier keeps working."""
    values = {"mail_after": clock.now(), "mail_failures": 0, "revoked_at": None}
    unknown = {"token_hash": hash_of(secrets.token_urlsafe(32)), "expires_at": end_of(answer.round)}
    SurveyLink.objects.update_or_create(answer=answer, defaults=values, create_defaults=values | unknown)


def address_of(secret: str) -> str:
    """The whole address that an outsider opens."""
    return absolute(reverse("needs:answer_by_link", args=[secret]))


def mail_link(link: SurveyLink) -> bool:
    """Draw a fresh secret and send it: it stands in the message and nowhere else. False when the server did not take it."""
    contact, round_ = link.answer.contact, link.answer.round
    assert contact is not None
    is_reminder = link.mailed_at is not None
    secret = secrets.token_urlsafe(32)
    with translation.override(settings.LANGUAGE_CODE):
        shown = {
            "contact": contact, "campaign": round_.campaign, "period": round_.period, "closes_on": round_.closes_on,
            "address": address_of(secret), "is_reminder": is_reminder, "count": len(asked_of(questions_of(round_), link.answer.node.tier)),
        }  # fmt: skip
        subject = render_to_string("needs/mail/survey_subject.txt", shown)
        body = render_to_string("needs/mail/survey.txt", shown).strip() + "\n"
    message = EmailMessage(
        subject=" ".join(subject.split())[:180],
        body=body,
        to=[contact.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except OSError:
        link.mail_failures += 1
        late = dt.timedelta(minutes=5 * 2**link.mail_failures)
        link.mail_after = clock.now() + late if link.mail_failures < MAIL_TRIES else None
        link.save(update_fields=["mail_failures", "mail_after"])
        return False
    link.token_hash, link.mailed_at, link.mail_after = hash_of(secret), clock.now(), None
    link.save(update_fields=["token_hash", "mailed_at", "mail_after"])
    return True


def keep_answer(row: SurveyAnswer, texts: Sequence[str], actor: Actor) -> SurveyAnswer:
    """Write down what was answered; the task is done."""
    row.state, row.texts = ANSWER.after(AnswerState(row.state), "answer_survey"), answer_texts(row, texts)
    row.answered_by, row.answered_at = actor.person, clock.now()
    row.save()
    inbox.close_tasks(key=f"answer_survey:{row.pk}")
    return row


def remind_round(row: SurveyRound, actor: Actor) -> int:
    """Remind everybody who has not answered: members by their task, outsiders by a fresh link. Gives how many were."""
    waiting = list(row.answers.filter(state=AnswerState.WAITING).select_related("contact", "round"))
    keys = [f"answer_survey:{one.pk}" for one in waiting if one.contact_id is None]
    count = 0
    for task in Task.objects.filter(key__in=keys, state=TaskState.OPEN):
        inbox.announce(task, people_asked(task), kind="task_due")
        count += 1
    for one in waiting:
        if one.contact is not None and one.contact.is_active and one.contact.email:
            queue_link(one)
            count += 1
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    book.record(actor, "remind_silent", row.campaign, after={"period": row.period, "reminded": count})
    return count


def close_round(row: SurveyRound, actor: Actor) -> None:
    """Close a round past its day and tell its owner who was heard; what was not answered needs no more."""
    row.state = ROUND.after(RoundState(row.state), "close_round")
    row.save(update_fields=["state"])
    for answer in row.answers.all():
        inbox.cancel_tasks(key=f"answer_survey:{answer.pk}")
    SurveyLink.objects.filter(answer__round=row).update(mail_after=None)
    found = response_of(row)
    inbox.notify(
        kind="survey_closed", title=gettext_noop("“%(campaign)s” (%(period)s) closed: %(heard)s of %(asked)s node groups answered"),
        params={"campaign": row.campaign.title, "period": row.period, "heard": found.heard, "asked": found.asked},
        body="、".join(found.silent), to=row.campaign.owner, obj=row.campaign, link=reverse("needs:survey_round", args=[row.pk]),
        key=f"survey_closed:{row.pk}",
    )  # fmt: skip
    book.record(
        actor, "close_round", row.campaign, after={"period": row.period, "heard": found.heard, "asked": found.asked}
    )
