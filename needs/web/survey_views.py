"""Surveys: campaigns, rounds and their results, answers, and from an answer to a need (R020)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chains.models import Chain
from chains.queries import chains_led_by
from core import book, clock
from core.access import policy
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import survey as actions
from needs.models import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyRound
from needs.queries.survey import (
    answers_visible_to,
    asked_of,
    campaigns_visible_to,
    questions_in,
    questions_of,
    response_of,
    results_of,
)
from needs.states.survey import AnswerState, Cycle, RoundState
from needs.web import survey_forms as forms
from needs.web.complaint_views import LIST, tabs
from needs.web.doors import act, actor_of


class Campaigns(tables.Table):
    columns = [
        tables.Column(
            "title",
            _("Survey"),
            sort="title",
            is_primary=True,
            link=lambda row: reverse("needs:campaign", args=[row.pk]),
        ),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("cycle", _("Cycle"), sort="cycle"),
        tables.Column("starts_on", _("Starts on"), kind="date", sort="starts_on"),
        tables.Column("is_active", _("Goes on"), kind="yes_no", sort="is_active"),
        tables.Column("owner", _("Run by"), value="owner.name", sort="owner__name"),
    ]
    search = ["title"]
    filters = [
        tables.Choice("cycle", _("Cycle"), choices=Cycle.choices, facet=True),
        tables.Choice(
            "chain", _("Chain"), lookup="chain_id", choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]
        ),
    ]
    default_sort = "-starts_on"
    file_name = "surveys"
    empty = tables.Empty(
        _("No survey yet"), _("A chain's leader asks the nodes regularly what holds them back."), icon="clipboard-list"
    )


class Answers(tables.Table):
    columns = [
        tables.Column("organisation", _("Respondent"), value="respondent", sort="organisation__name", is_primary=True,
                      note=lambda row: _now("by personal link") if row.contact_id else ""),
        tables.Column("node", _("Node"), value=lambda row: str(row.node)),
        tables.Column("period", _("Period"), value="round.period", sort="round__period"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("answered_at", _("Answered"), kind="datetime", sort="answered_at"),
        tables.Column("texts", _("Answer"), value=lambda row: " · ".join(text for text in row.texts if text)[:300]),
        tables.Column("need", _("Need"), template="needs/_answer_need.html", export=lambda row: row.need.code if row.need else ""),
    ]  # fmt: skip
    search = ["organisation__name", "contact__organisation_name"]
    filters = [tables.Choice("state", _("State"), choices=AnswerState.choices, facet=True)]
    default_sort = "organisation"
    file_name = "answers"
    empty = tables.Empty(
        _("No answer yet"), _("Whoever is asked stands here, with what they answered."), icon="clipboard-list"
    )


class Contacts(tables.Table):
    columns = [
        tables.Column("organisation_name", _("Organisation"), sort="organisation_name", is_primary=True),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__order"),
        tables.Column("name", _("Contact"), sort="name"),
        tables.Column("email", _("E-mail"), sort="email"),
        tables.Column("is_active", _("Is asked"), kind="yes_no", sort="is_active"),
        tables.Column("link", _("Personal link"), template="needs/_contact_link.html", in_file=False),
    ]
    search = ["organisation_name", "name"]
    default_sort = "organisation_name"
    file_name = "contacts"
    empty = tables.Empty(
        _("Nobody without an account is asked"), _("Add who has none: they answer by a personal link."), icon="link"
    )


class QuestionSets(tables.Table):
    columns = [
        tables.Column("title", _("Question set"), sort="title", is_primary=True,
                      link=lambda row: reverse("needs:edit_question_set", args=[row.pk])),
        tables.Column("count", _("Survey questions"), kind="number", value=lambda row: len(row.form)),
        tables.Column("first", _("First question"), value=lambda row: row.form[0]["text"] if row.form else ""),
        tables.Column("updated_at", _("Changed"), kind="datetime", sort="updated_at"),
    ]  # fmt: skip
    search = ["title"]
    default_sort = "title"
    file_name = "question-sets"
    empty = tables.Empty(
        _("No question set yet"), _("Questions that are asked again are kept here."), _("Keep questions"), "/needs/surveys/questions/new/",
        icon="clipboard-list",
    )  # fmt: skip


def _crumbs(*more: Any) -> list[Any]:
    return [crumb(_("Surveys"), reverse("needs:campaigns")), *more]


def list_campaigns(request: HttpRequest) -> HttpResponse:
    """The surveys one runs or is asked in."""
    actor = actor_of(request)
    led = list(chains_led_by(actor.organisation)) if actor.organisation else []
    buttons: list[dict[str, Any]] = [
        {
            "label": _("Survey %(chain)s") % {"chain": chain},
            "url": reverse("needs:create_campaign", args=[chain.pk]),
            "icon": "plus",
        }
        for chain in led
    ]
    if led:
        buttons.append({"label": _("Question sets"), "url": reverse("needs:question_sets"), "icon": "list-check"})
    rows = campaigns_visible_to(actor).select_related("chain", "owner")
    return tables.render(
        request, Campaigns(rows), title=_("Surveys"), template=LIST, actions=buttons, context={"tabs": tabs()}
    )


def list_question_sets(request: HttpRequest) -> HttpResponse:
    """The questions that one's organisation keeps."""
    rows = policy.visible_to(actor_of(request), QuestionSet)
    button = {"label": _("Keep questions"), "url": reverse("needs:keep_question_set"), "icon": "plus", "primary": True}
    return tables.render(
        request,
        QuestionSets(rows),
        title=_("Question sets"),
        actions=[button],
        crumbs=_crumbs(crumb(_("Question sets"))),
    )


def keep_question_set(request: HttpRequest) -> HttpResponse:
    """Keep questions to ask them again."""
    policy.acting_for(actor_of(request), "needs.keep_question_set")

    def keep(actor: Any, version: Any = None, **values: Any) -> QuestionSet:
        return actions.keep_question_set(actor=actor, **values)

    return form_page(
        request, "needs/questions_edit.html", forms.QuestionSetForm, action=keep, title=_("Keep questions"), draft="question-set",
        success=reverse("needs:question_sets"), crumbs=_crumbs(crumb(_("Question sets"), reverse("needs:question_sets")), crumb(_("Keep questions"))),
        initial=forms.rows_initial(_first()), context={"cancel_url": reverse("needs:question_sets")},
    )  # fmt: skip


def edit_question_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a question set; campaigns keep what they took from it."""
    row = policy.fetch(actor_of(request), "needs.edit_question_set", QuestionSet, pk)

    def edit(actor: Any, version: Any = None, **changes: Any) -> QuestionSet:
        return actions.edit_question_set(actor=actor, question_set_id=pk, changes=changes, version=version)

    return form_page(
        request, "needs/questions_edit.html", forms.QuestionSetForm, action=edit, title=row.title,
        success=reverse("needs:question_sets"), crumbs=_crumbs(crumb(_("Question sets"), reverse("needs:question_sets")), crumb(row.title)),
        initial={"title": row.title, "version": row.version} | forms.rows_initial(row.form),
        context={"cancel_url": reverse("needs:question_sets")},
    )  # fmt: skip


def _first() -> list[dict[str, Any]]:
    return [row | {"text": str(row["text"])} for row in forms.FIRST_QUESTIONS]


def create_campaign(request: HttpRequest, chain: UUID) -> HttpResponse:
    """Begin a survey of a chain's nodes; `?questions=` begins with those of a question set."""
    actor = actor_of(request)
    row = policy.fetch(actor, "chains.view_chain", Chain, chain)
    policy.require(actor, "needs.create_campaign", row)
    sets = list(policy.visible_to(actor, QuestionSet)[:50])
    wanted = next((one for one in sets if str(one.pk) == request.GET.get("questions")), None)
    first = forms.rows_initial(wanted.form if wanted else _first())
    nodes = [str(one.pk) for one in row.nodes.all()]
    return form_page(
        request, "needs/campaign_edit.html", forms.CampaignForm, action=partial(actions.create_campaign, chain=chain), title=_("New survey"),
        form_kwargs={"chain": row}, draft="survey", initial={"starts_on": clock.today(), "nodes": nodes, "cycle": Cycle.QUARTERLY} | first,
        crumbs=_crumbs(crumb(_("New survey"))), success=lambda made: reverse("needs:campaign", args=[made.pk]),
        context={"sets": sets, "chosen": wanted, "cancel_url": reverse("needs:campaigns")}, submit=_("Begin the survey"),
    )  # fmt: skip


def edit_campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a survey from its next round on."""
    row = policy.fetch(actor_of(request), "needs.edit_campaign", Campaign, pk)
    here = reverse("needs:campaign", args=[pk])
    return form_page(
        request, "needs/campaign_edit.html", forms.CampaignEditForm, action=partial(actions.edit_campaign, campaign_id=pk), title=row.title,
        form_kwargs={"chain": row.chain}, initial=forms.campaign_initial(row), success=here, crumbs=_crumbs(crumb(row.title, here), crumb(_("Change"))),
        context={"cancel_url": here, "is_later": row.rounds.filter(state=RoundState.OPEN).exists()},
    )  # fmt: skip


@require_POST
def pause_campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.pause_campaign, campaign_id=pk, success=reverse("needs:campaign", args=[pk]))


@require_POST
def resume_campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.resume_campaign, campaign_id=pk, success=reverse("needs:campaign", args=[pk]))


def campaign_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rounds with their response, silent nodes by name, whom one asks by link, and the answers one may read."""
    actor = actor_of(request)
    campaign = policy.fetch(actor, "needs.view_campaign", Campaign, pk)
    rows = (
        answers_visible_to(actor)
        .filter(round__campaign=campaign)
        .select_related("organisation", "contact", "node", "round__campaign", "need")
    )
    owns = policy.can(actor, "needs.edit_campaign", campaign)
    table = Answers(rows, owns=owns)
    contacts = Contacts(_contacts(campaign), prefix="contacts") if owns else None
    if answer := tables.respond(request, *filter(None, [table, contacts])):
        return answer
    runs = actor.belongs_to(campaign.owner_id) or actor.is_operator
    shown = {
        "campaign": campaign, "table": table, "contacts": contacts, "timeline": book.timeline(campaign) if runs else [], "runs": runs, "owns": owns,
        "rounds": [(row, response_of(row) if runs else None) for row in campaign.rounds.all()[:12]],
        "mine": list(rows.filter(organisation=actor.organisation)) if actor.organisation else [],
        "questions": questions_in(campaign.questions, campaign.form), "nodes": campaign.nodes.all(),
    }  # fmt: skip
    return render_page(
        request, "needs/campaign.html", shown | {"intro": campaign.intro}, title=campaign.title, crumbs=_crumbs(crumb(campaign.title)),
        facts=[(_("Chain"), campaign.chain), (_("Cycle"), campaign.get_cycle_display()), (_("Run by"), campaign.owner.name)],
    )  # fmt: skip


def _contacts(campaign: Campaign) -> Any:
    """The contacts, each with the row of the open round that waits for them."""
    from django.db.models import Prefetch

    waiting = SurveyAnswer.objects.filter(round__state=RoundState.OPEN).select_related("link")
    return campaign.contacts.select_related("node").prefetch_related(Prefetch("answers", waiting, to_attr="waiting"))


def round_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One round: how it was answered by tier, who is silent, and what each question brought."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_round", SurveyRound, pk)
    campaign = row.campaign
    runs = actor.belongs_to(campaign.owner_id) or actor.is_operator
    rows = answers_visible_to(actor).filter(round=row).select_related(
        "organisation", "contact", "node", "round__campaign", "need"
    )  # fmt: skip
    table = Answers(rows)
    if answer := tables.respond(request, table):
        return answer
    shown = {
        "campaign": campaign, "round": row, "stated": row, "table": table, "runs": runs, "response": response_of(row) if runs else None,
        "results": results_of(row, rows) if runs else [], "questions": questions_of(row),
        "may_remind": row.state == RoundState.OPEN and policy.can(actor, "needs.remind_silent", row),
        "mine": list(rows.filter(organisation=actor.organisation)) if actor.organisation else [],
    }  # fmt: skip
    here = reverse("needs:campaign", args=[campaign.pk])
    return render_page(
        request, "needs/survey_round.html", shown, title=f"{campaign.title} · {row.period}", crumbs=_crumbs(crumb(campaign.title, here), crumb(row.period)),
        facts=[(_("Opened on"), row.opens_on), (_("Closes on"), row.closes_on), (_("Run by"), campaign.owner.name)],
    )  # fmt: skip


@require_POST
def remind_silent(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.remind_silent,
        round_id=pk,
        success=reverse("needs:survey_round", args=[pk]),
        message=_("Reminded."),
    )


def add_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask somebody who has no account."""
    campaign = policy.fetch(actor_of(request), "needs.edit_campaign", Campaign, pk)
    here = reverse("needs:campaign", args=[pk])
    return form_page(
        request, "components/form_page.html", forms.ContactForm, action=partial(actions.add_contact, campaign_id=pk),
        title=_("Ask by a personal link"), form_kwargs={"campaign": campaign}, success=here + "#contacts", submit=_("Ask"),
        crumbs=_crumbs(crumb(campaign.title, here), crumb(_("Ask by a personal link"))),
    )  # fmt: skip


@require_POST
def remove_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.view_contact", SurveyContact, pk)
    return act(
        request, actions.remove_contact, contact_id=pk, success=reverse("needs:campaign", args=[row.campaign_id]) + "#contacts"
    )  # fmt: skip


@require_POST
@never_cache
def issue_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fresh personal link and its picture to scan, shown once."""
    actor = actor_of(request).with_key(None)
    link = actions.issue_link(actor=actor, answer_id=pk)
    campaign = link.answer.round.campaign
    address = str(link.fresh_address)  # type: ignore[attr-defined]
    shown = {
        "address": address, "respondent": link.answer.respondent, "expires_at": link.expires_at, "campaign": campaign,
        "picture": segno.make(address, error="m").svg_inline(scale=4, border=2, dark="black", light="white", omitsize=False),
    }  # fmt: skip
    here = reverse("needs:campaign", args=[campaign.pk])
    return render_page(
        request, "needs/survey_link.html", shown, title=_("Personal link"), crumbs=_crumbs(crumb(campaign.title, here), crumb(_("Personal link")))
    )  # fmt: skip


def answer_survey(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer for one's organisation; thirty seconds on a phone."""
    row = policy.fetch(actor_of(request), "needs.answer_survey", SurveyAnswer, pk)
    questions = questions_of(row.round)
    asked = asked_of(questions, row.node.tier)
    campaign = row.round.campaign
    return form_page(
        request, "components/form_page.html", forms.AnswerForm, action=partial(actions.answer_survey, answer_id=pk), title=campaign.title,
        form_kwargs={"asked": asked, "total": len(questions)}, initial=forms.answer_initial(asked, row.texts), draft=f"survey-{pk}", submit=_("Send"),
        crumbs=_crumbs(crumb(campaign.title, reverse("needs:campaign", args=[campaign.pk])), crumb(row.round.period)), message=_("Thank you."),
        success=reverse("needs:turn_into_need", args=[pk]) if row.need_id is None else reverse("needs:campaign", args=[row.round.campaign_id]),
        context={"intro": campaign.intro},
    )  # fmt: skip


def turn_into_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From an answer to a draft need in one step."""
    row = policy.fetch(actor_of(request), "needs.turn_into_need", SurveyAnswer, pk)
    first = {"title": next((text for text in row.texts if text), "")[:60]}
    return form_page(
        request, "components/form_page.html", forms.TurnForm, action=partial(actions.turn_into_need, answer_id=pk), title=_("Make a need of this answer"),
        initial=first, submit=_("Make a draft need"),
        crumbs=_crumbs(crumb(row.round.campaign.title, reverse("needs:campaign", args=[row.round.campaign_id])), crumb(_("Make a need of this answer"))),
        success=lambda need: reverse("needs:need", args=[need.pk]),
    )  # fmt: skip
