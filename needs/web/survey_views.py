"""Surveys: campaigns, answers, and from an answer to a need (R020)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from chains.queries import chains_led_by
from core import book, clock
from core.access import policy
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import survey as actions
from needs.models import Campaign, SurveyAnswer
from needs.queries.survey import answers_visible_to, campaigns_visible_to, response_of
from needs.states.need import DemandSide
from needs.states.survey import AnswerState, Cycle
from needs.web.doors import actor_of


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
        tables.Column("owner", _("Run by"), value="owner.name", sort="owner__name"),
    ]
    search = ["title"]
    filters = [tables.Choice("cycle", _("Cycle"), choices=Cycle.choices, facet=True)]
    default_sort = "-starts_on"
    file_name = "surveys"
    empty = tables.Empty(
        _("No survey yet"), _("A chain's leader asks the nodes regularly what holds them back."), icon="clipboard-list"
    )


class Answers(tables.Table):
    columns = [
        tables.Column("organisation", _("Organisation"), value="organisation.name", sort="organisation__name", is_primary=True),
        tables.Column("node", _("Node"), value=lambda row: str(row.node)),
        tables.Column("period", _("Period"), value="round.period", sort="round__period"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("texts", _("Answer"), value=lambda row: " · ".join(text for text in row.texts if text)[:300]),
        tables.Column("need", _("Need"), value=lambda row: row.need.code if row.need else "",
                      link=lambda row: reverse("needs:need", args=[row.need_id]) if row.need_id else None),
    ]  # fmt: skip
    search = ["organisation__name"]
    filters = [tables.Choice("state", _("State"), choices=AnswerState.choices, facet=True)]
    default_sort = "organisation"
    file_name = "answers"


class CampaignForm(forms.Form):
    title = forms.TextField(label=_("Title"), max_length=200)
    questions = forms.LongTextField(label=_("Questions"), rows=4, help_text=_("One question a line."))
    nodes = forms.MultipleChoiceField(label=_("Nodes that are asked"))
    cycle = forms.RadioField(label=_("Cycle"), choices=Cycle.choices)
    starts_on = forms.DateField(label=_("Starts on"))
    answer_days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=90, initial=14)

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nodes"].choices = [(str(one.pk), str(one)) for one in ChainNode.objects.filter(chain=chain)]  # type: ignore[attr-defined]


class TurnForm(forms.Form):
    title = forms.TextField(label=_("Title of the need"), max_length=200)
    demand_side = forms.RadioField(label=_("Demand side"), choices=DemandSide.choices)


def list_campaigns(request: HttpRequest) -> HttpResponse:
    """The surveys one runs or is asked in."""
    actor = actor_of(request)
    buttons = [
        {
            "label": _("Survey %(chain)s") % {"chain": chain},
            "url": reverse("needs:create_campaign", args=[chain.pk]),
            "icon": "plus",
        }
        for chain in (chains_led_by(actor.organisation) if actor.organisation else [])
    ]
    rows = campaigns_visible_to(actor).select_related("chain", "owner")
    return tables.render(request, Campaigns(rows), title=_("Surveys"), actions=buttons)


def create_campaign(request: HttpRequest, chain: UUID) -> HttpResponse:
    """Begin a survey of a chain's nodes."""
    row = policy.fetch(actor_of(request), "chains.view_chain", Chain, chain)
    policy.require(request.actor, "needs.create_campaign", row)  # type: ignore[attr-defined]

    def act(actor: Any, questions: str, **values: Any) -> Campaign:
        return actions.create_campaign(actor=actor, chain=chain, questions=questions.splitlines(), **values)

    return form_page(
        request, "components/form_page.html", CampaignForm, action=act, title=_("New survey"), form_kwargs={"chain": row}, draft="survey",
        initial={"starts_on": clock.today()}, crumbs=[crumb(_("Surveys"), reverse("needs:campaigns")), crumb(_("New survey"))],
        success=lambda made: reverse("needs:campaign", args=[made.pk]),
    )  # fmt: skip


def campaign_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rounds with their response, silent nodes by name, and the answers one may read."""
    actor = actor_of(request)
    campaign = policy.fetch(actor, "needs.view_campaign", Campaign, pk)
    rows = (
        answers_visible_to(actor)
        .filter(round__campaign=campaign)
        .select_related("organisation", "node", "round", "need")
    )
    table = Answers(rows)
    if answer := tables.respond(request, table):
        return answer
    runs = actor.belongs_to(campaign.owner_id) or actor.is_operator
    shown = {
        "campaign": campaign, "table": table, "timeline": book.timeline(campaign) if runs else [], "runs": runs,
        "rounds": [(row, response_of(row) if runs else None) for row in campaign.rounds.all()[:12]],
        "mine": [row for row in rows if actor.belongs_to(row.organisation_id)],
    }  # fmt: skip
    return render_page(
        request,
        "needs/campaign.html",
        shown,
        title=campaign.title,
        crumbs=[crumb(_("Surveys"), reverse("needs:campaigns")), crumb(campaign.title)],
    )


def answer_survey(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer for one's organisation; thirty seconds on a phone."""
    row = policy.fetch(actor_of(request), "needs.answer_survey", SurveyAnswer, pk)
    questions = row.round.campaign.questions

    class AnswerForm(forms.Form):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for at, question in enumerate(questions):
                self.fields[f"text_{at}"] = forms.LongTextField(label=question, rows=3, required=False)

    def act(actor: Any, **values: Any) -> SurveyAnswer:
        return actions.answer_survey(
            actor=actor, answer_id=pk, texts=[values[f"text_{at}"] for at in range(len(questions))]
        )

    first = {f"text_{at}": text for at, text in enumerate(row.texts)}
    title = row.round.campaign.title
    return form_page(
        request, "components/form_page.html", AnswerForm, action=act, title=title, initial=first, draft=f"survey-{pk}", submit=_("Send"),
        crumbs=[crumb(_("Surveys"), reverse("needs:campaigns")), crumb(title)], message=_("Thank you."),
        success=reverse("needs:turn_into_need", args=[pk]) if row.need_id is None else reverse("needs:campaign", args=[row.round.campaign_id]),
    )  # fmt: skip


def turn_into_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From an answer to a draft need in one step."""
    row = policy.fetch(actor_of(request), "needs.turn_into_need", SurveyAnswer, pk)

    def act(actor: Any, **values: Any) -> Any:
        return actions.turn_into_need(actor=actor, answer_id=pk, **values)

    first = {"title": next((text for text in row.texts if text), "")[:60]}
    return form_page(
        request, "components/form_page.html", TurnForm, action=act, title=_("Make a need of this answer"), initial=first, submit=_("Make a draft need"),
        crumbs=[crumb(_("Surveys"), reverse("needs:campaigns")), crumb(row.round.campaign.title, reverse("needs:campaign", args=[row.round.campaign_id]))],
        success=lambda need: reverse("needs:need", args=[need.pk]),
    )  # fmt: skip
