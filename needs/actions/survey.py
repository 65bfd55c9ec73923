"""Surveying a chain's nodes, answering, and turning an answer into a need (R020)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chains.models import Chain, ChainNode
from chains.states import Tier
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from needs import services
from needs.models import Need
from needs.models.survey import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyLink, SurveyRound
from needs.queries.survey import link_of
from needs.services import survey as surveys
from needs.states.survey import AnswerState, Cycle, RoundState

REMIND_AGAIN = dt.timedelta(hours=20)


@command
def create_campaign(
    *, actor: Actor, chain: UUID | str, title: str, cycle: str, starts_on: dt.date, questions: Sequence[str] = (),
    form: Sequence[Mapping[str, Any]] = (), question_set: UUID | str | None = None, nodes: Sequence[UUID | str] = (),
    tiers: Sequence[str] = (), intro: str = "", answer_days: int = 14, remind_days: int = 3,
) -> Campaign:  # fmt: skip
    """A campaign over nodes or whole tiers of a chain; a due round opens at once, later ones by the clock.

    The questions come as plain texts, as `form` with kinds and options, or from a question set of one's own.
    """
    found = policy.visible_to(actor, Chain).filter(pk=chain).first()
    if found is None:
        raise Invalid(_("There is no such chain."), field="chain")
    policy.require(actor, "needs.create_campaign", found)
    if actor.organisation is None:
        raise NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    campaign = Campaign(chain=found, owner=actor.organisation, starts_on=starts_on)
    asked: Sequence[Mapping[str, Any] | str] = form or questions
    if question_set:
        kept = policy.visible_to(actor, QuestionSet).filter(pk=question_set).first()
        if kept is None:
            raise Invalid(_("Choose a question set of your organisation."), field="question_set")
        asked = [*kept.form, *asked]
    values = {"title": title, "intro": intro, "cycle": cycle, "answer_days": answer_days, "remind_days": remind_days}
    rows = _set(campaign, values, asked, nodes=nodes, tiers=tiers)
    campaign.save()
    campaign.nodes.set(rows)
    book.record(
        actor,
        "create_campaign",
        campaign,
        after={"questions": campaign.questions, "nodes": [str(one) for one in rows], "cycle": cycle},
    )
    surveys.open_round(campaign, actor)
    return campaign


@command
def edit_campaign(
    *, actor: Actor, campaign_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Campaign:
    """Change a campaign from its next round on: what an open round asks stays as it was when it opened."""
    campaign = policy.fetch_for_update(actor, "needs.edit_campaign", Campaign, campaign_id)
    if version is not None and version != campaign.version:
        raise Stale(_("Somebody changed this survey meanwhile; compare and save again."))
    given = dict(changes)
    asked = given.pop("form", None) or given.pop("questions", None)
    given.pop("questions", None)
    nodes, tiers = given.pop("nodes", None), given.pop("tiers", None)
    known = ("title", "intro", "cycle", "answer_days", "remind_days")
    before = {name: getattr(campaign, name) for name in known if name in given}
    values = {name: given.get(name, getattr(campaign, name)) for name in known}
    old = campaign.questions
    present = [one.pk for one in campaign.nodes.all()]
    rows = _set(
        campaign, values, asked or campaign.form or campaign.questions,
        nodes=present if nodes is None and tiers is None else nodes or [], tiers=tiers or [],
    )  # fmt: skip
    campaign.touch()
    campaign.save()
    campaign.nodes.set(rows)
    after = {name: given[name] for name in before} | {
        "questions": campaign.questions,
        "nodes": [str(one) for one in rows],
    }
    book.record(actor, "edit_campaign", campaign, before=before | {"questions": old}, after=after)
    return campaign


def _set(
    campaign: Campaign, values: Mapping[str, Any], asked: Sequence[Mapping[str, Any] | str], *,
    nodes: Sequence[UUID | str], tiers: Sequence[str],
) -> list[ChainNode]:  # fmt: skip
    """Put the values on the campaign; gives its nodes. Raises Invalid with everything that is wrong."""
    wrong: dict[str, list[Any]] = {}
    of_chain = ChainNode.objects.filter(chain=campaign.chain)
    named = list(of_chain.filter(pk__in=list(nodes)))
    chosen = {one.pk: one for one in [*named, *of_chain.filter(tier__in=list(tiers))]}
    if not str(values["title"]).strip():
        wrong["title"] = [_("Give the survey a title.")]
    if len(named) != len(set(map(str, nodes))) or not chosen:
        wrong["nodes"] = [_("Choose nodes of this chain.")]
    if any(one not in Tier.values for one in tiers):
        wrong["tiers"] = [_("Upstream, midstream or downstream.")]
    if values["cycle"] not in Cycle.values:
        wrong["cycle"] = [_("Monthly, quarterly, half-yearly, yearly or once.")]
    if not 1 <= values["answer_days"] <= 90:
        wrong["answer_days"] = [_("Between 1 and 90 days.")]
    if not 0 <= values["remind_days"] <= 30:
        wrong["remind_days"] = [_("Between 0 (never) and 30 days.")]
    form: list[dict[str, Any]] = []
    try:
        form = surveys.question_rows(asked)
    except Invalid as refused:
        wrong |= refused.fields or {}
    services.refuse(wrong)
    for name, value in values.items():
        setattr(campaign, name, value.strip() if isinstance(value, str) else value)
    campaign.form, campaign.questions = form, [one["text"] for one in form]
    return list(chosen.values())


@command
def pause_campaign(*, actor: Actor, campaign_id: UUID) -> Campaign:
    """Open no more rounds until it is resumed; a round that is open goes on."""
    return _switch(actor, campaign_id, "pause_campaign", is_active=False)


@command
def resume_campaign(*, actor: Actor, campaign_id: UUID) -> Campaign:
    """Go on; the round of the present period opens at once if it was missed."""
    campaign = _switch(actor, campaign_id, "resume_campaign", is_active=True)
    surveys.open_round(campaign, actor)
    return campaign


def _switch(actor: Actor, campaign_id: UUID, operation: str, *, is_active: bool) -> Campaign:
    campaign = policy.fetch_for_update(actor, "needs.edit_campaign", Campaign, campaign_id)
    if campaign.is_active == is_active:
        return campaign
    campaign.is_active = is_active
    campaign.touch()
    campaign.save()
    book.record(actor, operation, campaign)
    return campaign


@command
def add_contact(
    *, actor: Actor, campaign_id: UUID, node: UUID | str, organisation_name: str, name: str = "", email: str = ""
) -> SurveyContact:
    """Ask somebody without an account, by a personal link, from the open round on (R020)."""
    campaign = policy.fetch_for_update(actor, "needs.edit_campaign", Campaign, campaign_id)
    found = campaign.nodes.filter(pk=node).first()
    wrong: dict[str, list[Any]] = {}
    if found is None:
        wrong["node"] = [_("Choose a node that this survey asks.")]
    if not organisation_name.strip():
        wrong["organisation_name"] = [_("Say for which organisation they answer.")]
    facts: dict[str, Any] = {"organisation_name": " ".join(organisation_name.split()), "name": " ".join(name.split())}
    if found is not None and campaign.contacts.filter(node=found, is_active=True, **facts).exists():
        wrong["organisation_name"] = [_("This contact is asked already.")]
    services.refuse(wrong)
    assert found is not None
    contact, _fresh = SurveyContact.objects.update_or_create(
        campaign=campaign, node=found, organisation_name=facts["organisation_name"], name=facts["name"],
        defaults={"email": email.strip(), "is_active": True, "added_by": actor.person},
    )  # fmt: skip
    for row in campaign.rounds.filter(state=RoundState.OPEN):
        surveys.ask_contact(row, contact)
    # Their address is theirs: it stands in no book.
    book.record(actor, "add_contact", campaign, after={"organisation": contact.organisation_name, "node": str(found)})
    return contact


@command
def remove_contact(*, actor: Actor, contact_id: UUID) -> SurveyContact:
    """Ask this contact no more: their links stop working and their address is forgotten; what they answered stays."""
    contact = policy.fetch_for_update(actor, "needs.remove_contact", SurveyContact, contact_id)
    contact.is_active, contact.email = False, ""
    contact.touch()
    contact.save()
    SurveyLink.objects.filter(answer__contact=contact, used_at__isnull=True).update(
        revoked_at=clock.now(), mail_after=None
    )
    book.record(actor, "remove_contact", contact.campaign, after={"organisation": contact.organisation_name})
    return contact


@command
def issue_link(*, actor: Actor, answer_id: UUID) -> SurveyLink:
    """A fresh personal link for an outsider, to hand over by oneself; `fresh_address` on the answer is told once."""
    row = policy.fetch_for_update(actor, "needs.issue_link", SurveyAnswer, answer_id)
    if row.contact is None or not row.contact.is_active:
        raise WrongState(_("This organisation has an account and answers there."))
    if row.round.state != RoundState.OPEN:
        raise WrongState(_("This round is closed; the next one comes with its period."))
    if row.state != AnswerState.WAITING:
        raise WrongState(_("They have answered; a link answers once."))
    link, secret = surveys.fresh_link(row)
    link.fresh_address = surveys.address_of(secret)  # type: ignore[attr-defined]  # told once, kept nowhere
    book.record(
        actor, "issue_link", row.round.campaign, after={"period": row.round.period, "organisation": row.respondent}
    )
    return link


@command
def remind_silent(*, actor: Actor, round_id: UUID) -> SurveyRound:
    """Remind everybody who has not answered, once a day at most."""
    row = policy.fetch_for_update(actor, "needs.remind_silent", SurveyRound, round_id)
    if row.state != RoundState.OPEN:
        raise WrongState(_("This round is closed; the next one comes with its period."))
    if row.reminded_at is not None and row.reminded_at > clock.now() - REMIND_AGAIN:
        raise WrongState(_("Everybody was reminded within the last day; wait a day."))
    surveys.remind_round(row, actor)
    return row


@command
def answer_survey(*, actor: Actor, answer_id: UUID, texts: Sequence[str]) -> SurveyAnswer:
    """Answer for one's organisation, as often as the round is open."""
    row = policy.fetch_for_update(actor, "needs.answer_survey", SurveyAnswer, answer_id)
    if row.round.state != RoundState.OPEN:
        raise WrongState(_("This round is closed; the next one comes with its period."))
    surveys.keep_answer(row, texts, actor)
    book.record(actor, "answer_survey", row.round.campaign, after={"period": row.round.period, "node": str(row.node)})
    return row


@command
def answer_by_link(*, actor: Actor, token: str, texts: Sequence[str]) -> None:
    """Answer once by a personal link, without an account; whoever holds it is asked nothing else (R020).

    A link that was used, is over, was withdrawn or never was is answered alike.
    """
    found = link_of(surveys.hash_of(token))
    link = SurveyLink.objects.select_for_update().filter(pk=found.pk).first() if found else None
    # The lock may have waited for somebody who answered by the same link, or who drew another.
    if found is None or link is None or link.used_at is not None or link.token_hash != found.token_hash:
        raise NotFound(_("This link does not work any more, or never did."))
    if link.revoked_at is not None:
        raise NotFound(_("This link does not work any more, or never did."))
    nobody = Actor.nobody()
    row = (
        SurveyAnswer.objects.select_for_update(of=("self",))
        .select_related("round__campaign", "node")
        .get(pk=link.answer_id)
    )
    surveys.keep_answer(row, texts, nobody)
    link.used_at, link.mail_after = clock.now(), None
    link.save(update_fields=["used_at", "mail_after"])
    book.record(nobody, "answer_by_link", row.round.campaign, after={"period": row.round.period, "node": str(row.node)})


@command
def turn_into_need(*, actor: Actor, answer_id: UUID, title: str, demand_side: str) -> Need:
    """One step from an answer to a draft need, owned by the respondent; by whoever runs the survey where an outsider answered."""
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


@command
def keep_question_set(*, actor: Actor, title: str, form: Sequence[Mapping[str, Any]]) -> QuestionSet:
    """Keep questions to ask them again."""
    owner = policy.acting_for(actor, "needs.keep_question_set")
    rows = surveys.question_rows(form)
    row = QuestionSet(owner=owner, title=_title(owner.pk, title), form=rows)
    row.save()
    book.record(actor, "keep_question_set", row, after={"title": row.title, "questions": [one["text"] for one in rows]})
    return row


@command
def edit_question_set(
    *, actor: Actor, question_set_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> QuestionSet:
    """Change a question set; campaigns keep what they took from it."""
    row = policy.fetch_for_update(actor, "needs.edit_question_set", QuestionSet, question_set_id)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed these questions meanwhile; compare and save again."))
    before = {"title": row.title, "questions": [one["text"] for one in row.form]}
    if "title" in changes:
        row.title = _title(row.owner_id, changes["title"], but=row)
    if "form" in changes:
        row.form = surveys.question_rows(changes["form"])
    row.touch()
    row.save()
    after = {"title": row.title, "questions": [one["text"] for one in row.form]}
    book.record(actor, "edit_question_set", row, before=before, after=after)
    return row


def _title(owner_id: UUID, title: Any, *, but: QuestionSet | None = None) -> str:
    given = " ".join(str(title).split())
    if not given:
        raise Invalid(_("Give the questions a title."), field="title")
    others = QuestionSet.objects.filter(owner_id=owner_id, title=given)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Invalid(_("Your organisation has a question set of this title."), field="title")
    return given
