"""Pages of the award and of the feedback to bidders."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound, WrongState
from core.web.forms import form_page
from core.web.page import crumb, render_page, sent_version
from needs.actions import award as actions
from needs.actions import race as race_actions
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.bid import bids_visible_to
from needs.queries.contract import contracts_visible_to, promised_awards
from needs.queries.review import feedback_visible_to, standing_for
from needs.queries.verdict import answers_of, specifications_of
from needs.services.award import AwardFacts, award_facts
from needs.services.feedback import remarks_wanted
from needs.services.notice import live_notice
from needs.states.award import AWARD, AwardState
from needs.states.bid import COMPETING, RECEIVED
from needs.web import challenge_forms as forms
from needs.web import round_forms
from needs.web.doors import act, actor_of


def propose_award(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proposal with its first signature."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.propose_award", Challenge, pk)
    lacking = [hit.missing for _check, hit in checks.hits_at("needs.propose_award", challenge) if hit.missing]
    return form_page(
        request,
        "needs/award_propose.html",
        forms.AwardForm,
        action=partial(actions.propose_award, challenge_id=pk),
        success=lambda award: reverse("needs:award", args=[award.pk]),
        title=_("Propose the award"),
        crumbs=_crumbs(challenge, _("Propose the award")),
        form_kwargs={"bids": _choices(actor, challenge)},
        submit=_("Propose and sign"),
        context={
            "challenge": challenge,
            "lacking": lacking,
            "is_final": True,
            "cannot_undo": _("This is your signature. Any later change voids it."),
        },
    )


def propose_race(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Several bids at once, the amount split between them."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.propose_award", Challenge, pk)
    if not challenge.race_mode:
        raise WrongState(_now("This challenge awards one bid; racing was not announced."), code="no_race")
    lacking = [hit.missing for _check, hit in checks.hits_at("needs.propose_award", challenge) if hit.missing]
    return form_page(
        request,
        "needs/award_propose.html",
        round_forms.RaceForm,
        action=partial(race_actions.propose_race, challenge_id=pk),
        success=reverse("needs:challenge", args=[pk]) + "?tab=award",
        title=_("Propose a race"),
        crumbs=_crumbs(challenge, _("Propose a race")),
        form_kwargs={"bids": _choices(actor, challenge)},
        submit=_("Propose and sign"),
        context={
            "challenge": challenge,
            "lacking": lacking,
            "is_race": True,
            "is_final": True,
            "cannot_undo": _("This is your signature under each proposal. Any later change voids it."),
        },
    )


def edit_award(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a proposal; signatures are void then."""
    actor = actor_of(request)
    award = policy.fetch(actor, "needs.edit_award", Award, pk)
    challenge = award.challenge
    return form_page(
        request,
        "needs/award_propose.html",
        forms.AwardForm,
        action=partial(_save_award, pk),
        success=reverse("needs:award", args=[pk]),
        title=_("Change the proposal"),
        crumbs=_crumbs(challenge, _("Change the proposal")),
        form_kwargs={"bids": _choices(actor, challenge)},
        submit=_("Change and sign anew"),
        initial={
            "bid_id": str(award.bid_id),
            "amount": award.amount,
            "reason": award.reason,
            "exception_reason": award.exception_reason,
        },
        context={
            "challenge": challenge,
            "is_final": True,
            "cannot_undo": _("Every signature under the former words is void; yours becomes the first."),
        },
    )


def _save_award(pk: UUID, *, actor: Actor, **changes: Any) -> Award:
    return actions.edit_award(actor=actor, award_id=pk, changes=changes)


def award_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One award: the bid, the amount, the order, the signatures, and to the issuer what is missing still."""
    actor = actor_of(request)
    award = policy.fetch(actor, "needs.view_award", Award, pk)
    challenge = award.challenge
    is_issuer = actor.belongs_to(challenge.issuer_id)
    open_here = AWARD.is_open(award.state, "sign_award")
    lacking = (
        [hit.missing for _check, hit in checks.hits_at("needs.sign_award", award) if hit.missing]
        if is_issuer and open_here
        else []
    )
    buttons = []
    if open_here and policy.can(actor, "needs.edit_award", award):
        buttons.append({"label": _("Change"), "url": reverse("needs:edit_award", args=[pk])})
        buttons.append({"label": _("Void"), "url": reverse("needs:void_award", args=[pk])})
    facts = award_facts(award)
    is_final = award.state == AwardState.SIGNED
    contract = contracts_visible_to(actor).filter(award=award).first() if is_final else None
    shown = {
        "award": award,
        "stated": award,
        "challenge": challenge,
        "facts_of": facts,
        "notice": live_notice(challenge),
        "payer_rows": payer_rows(facts),
        "is_issuer": is_issuer,
        "lacking": lacking,
        "actions": buttons,
        "may_sign": open_here and policy.can(actor, "needs.sign_award", award),
        "signatures": list(award.signatures.select_related("person")) if is_issuer else [],
        "ranking": _ranking(actor, challenge),
        "feedback": _feedback_rows(actor, challenge) if is_issuer else [],
        "timeline": book.timeline(award) if is_issuer else [],
        "open_here": open_here,
        "contract": contract,
        "may_draft": is_final and contract is None and policy.can(actor, "needs.draft_contract", award),
        "may_pledge": is_final and promised_awards(actor).filter(pk=pk).exists(),
    }
    return render_page(
        request,
        "needs/award_page.html",
        shown,
        title=_("Award of %(challenge)s") % {"challenge": challenge.title},
        crumbs=_crumbs(challenge, _("Award")),
    )


@require_POST
def sign_award(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.sign_award,
        award_id=pk,
        version=sent_version(request),
        success=reverse("needs:award", args=[pk]),
        message=_("Signed. Every bidder has their feedback."),
    )


def void_award(request: HttpRequest, pk: UUID) -> HttpResponse:
    award = policy.fetch(actor_of(request), "needs.void_award", Award, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.ReasonForm,
        action=partial(actions.void_award, award_id=pk),
        success=reverse("needs:challenge", args=[award.challenge_id]) + "?tab=award",
        title=_("Void the proposal"),
        crumbs=_crumbs(award.challenge, _("Void the proposal")),
        submit=_("Void the proposal"),
    )


def write_feedback(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Words for one bidder and a remark per indicator, released with the award or within the challenge's clock."""
    bid = policy.fetch(actor_of(request), "needs.write_feedback", Bid, pk)
    present = Feedback.objects.filter(bid=bid).first()
    specs = specifications_of(bid.challenge)
    answers = answers_of(bid, specs)
    said = {one.specification_id: one.text for one in present.remarks.all()} if present else {}
    owed = {one.pk for one in remarks_wanted(bid)}
    return form_page(
        request,
        "needs/award_feedback_write.html",
        round_forms.feedback_form(specs),
        action=partial(actions.write_feedback, bid_id=pk),
        success=reverse("needs:challenge", args=[bid.challenge_id]) + "?tab=award",
        title=_("Feedback for %(bidder)s") % {"bidder": bid.shown_bidder},
        crumbs=_crumbs(bid.challenge, _("Feedback")),
        submit=_("Keep the feedback"),
        initial={"text": present.text if present else ""} | {f"remark_{key}": text for key, text in said.items()},
        draft=f"feedback-{pk}",
        context=lambda form: {
            "bid": bid,
            "challenge": bid.challenge,
            "due_at": present.due_at if present else None,
            "rows": [(one, form[f"remark_{one.specification.pk}"], one.specification.pk in owed) for one in answers],
        },
    )


def bid_feedback(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a bidder learns: own mean marks, own rank, words."""
    actor = actor_of(request)
    feedback = (
        feedback_visible_to(actor).filter(bid_id=pk).select_related("bid__challenge__issuer", "bid__bidder").first()
    )
    if feedback is None:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    challenge = feedback.bid.challenge
    return render_page(
        request,
        "needs/award_feedback.html",
        {
            "feedback": feedback,
            "bid": feedback.bid,
            "stated": feedback.bid,
            "challenge": challenge,
            "rows": _per_indicator(feedback),
        },
        title=_("Result of the bid for %(challenge)s") % {"challenge": challenge.title},
        crumbs=_crumbs(challenge, _("Feedback")),
    )


def payer_rows(facts: AwardFacts) -> list[tuple[Any, Decimal, list[Decimal]]]:
    """Per payer the whole share, and its parts at the stages."""
    rows = zip(facts.shares, facts.tranches(), strict=True)
    return [(payer, amount, [part for _stage, part in parts]) for (payer, amount), (_payer, parts) in rows]


def _per_indicator(feedback: Feedback) -> list[tuple[Any, str]]:
    """What was promised for each indicator, what it comes to, and the words on it."""
    said = {one.specification_id: one.text for one in feedback.remarks.all()}
    answers = answers_of(feedback.bid, specifications_of(feedback.bid.challenge))
    return [(one, said.get(one.specification.pk, "")) for one in answers]


def _choices(actor: Actor, challenge: Challenge) -> list[tuple[str, str]]:
    """The competing bids, the best first, with rank and total."""
    names = {
        one.pk: one.shown_bidder
        for one in bids_visible_to(actor).filter(challenge=challenge, state__in=COMPETING).select_related("bidder")
    }
    rows = []
    for place in standing_for(actor, challenge):
        if place.bid_id in names:
            standing = f"#{place.rank}" if place.rank else "–"
            rows.append((str(place.bid_id), f"{standing} {names[place.bid_id]} ({place.total})"))
    return rows


def _ranking(actor: Actor, challenge: Challenge) -> list[dict[str, Any]]:
    names = {
        one.pk: one
        for one in bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED).select_related("bidder")
    }
    return [
        {"place": place, "bid": names[place.bid_id]}
        for place in standing_for(actor, challenge)
        if place.bid_id in names
    ]


def _feedback_rows(actor: Actor, challenge: Challenge) -> list[dict[str, Any]]:
    written = {one.bid_id: one for one in feedback_visible_to(actor).filter(bid__challenge=challenge)}
    bids = bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED).select_related("bidder")
    return [{"bid": bid, "feedback": written.get(bid.pk)} for bid in bids]


def _crumbs(challenge: Challenge, here: Any) -> list[Any]:
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        crumb(here),
    ]
