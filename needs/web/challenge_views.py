"""Pages of challenges."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.errors import Missing
from core.web import tables
from core.web.forms import Form, TextField, form_page
from core.web.page import Crumb, crumb, render_page
from needs.actions import challenge as actions
from needs.models.challenge import Challenge
from needs.models.need import Need
from needs.queries.bid import bid_of, received_bids
from needs.queries.challenge import challenge_parts, challenges_visible_to
from needs.queries.details import details_of
from needs.queries.notice import notices_visible_to
from needs.queries.question import answers_due_at, questions_close_at, takes_questions
from needs.queries.review import awards_visible_to, is_review_complete, panel_visible_to, progress, seat_of
from needs.states.award import AwardState
from needs.states.challenge import CHALLENGE, PUBLIC, ChallengeState
from needs.web import challenge_forms as forms
from needs.web.doors import act, actor_of
from needs.web.openness_views import of_challenge
from needs.web.question_views import questions_tab
from needs.web.recommendation import recommendation
from needs.web.review_matrix import matrix


class Challenges(tables.Table):
    """The challenge list; it knows nothing of bids."""

    columns = [
        tables.Column(
            "title",
            _("Challenge"),
            sort="title",
            is_primary=True,
            link=lambda row: reverse("needs:challenge", args=[row.pk]),
            note=lambda row: row.code,
        ),
        tables.Column("code", _("Number"), sort="code", in_page=False),
        tables.Column("issuer", _("Issuer"), value="issuer.name", sort="issuer__name"),
        tables.Column("budget", _("Budget"), kind="money", sort="budget"),
        tables.Column("deadline_at", _("Deadline"), kind="deadline", sort="deadline_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [
        tables.Multi("state", _("State"), choices=ChallengeState.choices, facet=True),
        tables.NumberRange("budget", _("Budget"), unit=_("yuan")),
        tables.DateRange("deadline", _("Deadline"), lookup="deadline_at", is_moment=True),
    ]
    search = ["code", "title", "summary", "issuer__name"]
    default_sort = "-deadline_at"
    file_name = "challenges"
    empty = tables.Empty(
        _("No challenge yet"),
        _("A challenge asks innovators to solve a published need; its owner drafts it on the need's page."),
        icon="trophy",
    )


def list_challenges(request: HttpRequest) -> HttpResponse:
    """All challenges the actor may see."""
    rows = challenges_visible_to(actor_of(request)).select_related("issuer")
    return tables.render(request, Challenges(rows), title=_("Challenges"))


def challenge_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One challenge; its tabs appear as the state allows."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.view_challenge", Challenge, pk)
    offered = _tabs(actor, challenge)
    asked = request.GET.get("tab", "overview")
    tab = asked if asked in {one["key"] for one in offered} else "overview"
    for one in offered:
        one["is_current"] = one["key"] == tab
    shown = {
        "challenge": challenge,
        "stated": challenge,
        "tab": tab,
        "tabs": offered,
        "tab_template": f"needs/_challenge_{tab}.html",
        **_TABS[tab](actor, challenge),
        **_asks(actor, challenge),
    }
    return render_page(
        request,
        "needs/challenge_page.html",
        shown,
        title=challenge.title,
        crumbs=_crumbs(challenge, last=True),
        facts=[(_("Issuer"), challenge.issuer.name), (_("Number"), challenge.code)],
    )


def draft_challenge(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """A new draft from a need; the editor follows."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.draft_challenge", Need, need_id)
    return form_page(
        request,
        "components/form_page.html",
        _TitleForm,
        action=partial(actions.draft_challenge, need_id=need.pk),
        success=lambda row: reverse("needs:edit_challenge", args=[row.pk]),
        title=_("Make a challenge of “%(need)s”") % {"need": need.title},
        crumbs=[crumb(_("Challenges"), reverse("needs:challenges")), crumb(_("New"))],
        initial={"title": need.title},
        submit=_("Draft"),
    )


def edit_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The editor of a draft."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.edit_challenge", Challenge, pk)
    CHALLENGE.after(challenge.state, "edit_challenge")
    hits = [hit.missing for _check, hit in checks.hits_at("needs.publish_challenge", challenge) if hit.missing]
    return form_page(
        request,
        "needs/challenge_edit.html",
        forms.ChallengeForm,
        action=partial(_save_challenge, pk),
        success=reverse("needs:challenge", args=[pk]),
        title=challenge.title,
        crumbs=[*_crumbs(challenge), crumb(_("Edit"))],
        initial=forms.challenge_initial(challenge),
        form_kwargs={"challenge": challenge, "actor": actor},
        context={"challenge": challenge, "lacking": hits, "cancel_url": reverse("needs:challenge", args=[pk])},
        message=_("Draft saved."),
    )


def _save_challenge(pk: UUID, *, actor: Actor, version: int | None, **changes: Any) -> Challenge:
    return actions.edit_challenge(actor=actor, challenge_id=pk, changes=changes, version=version)


@require_POST
def submit_for_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.submit_for_check, challenge_id=pk, success=_home(pk), message=_("Handed to a second person.")
    )


@require_POST
def publish_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.publish_challenge, challenge_id=pk, success=_home(pk), message=_("Published and frozen.")
    )


def return_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned(request, pk, "needs.return_challenge", actions.return_challenge, _("Return to the drafter"))


def cancel_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned(
        request,
        pk,
        "needs.cancel_challenge",
        actions.cancel_challenge,
        _("Cancel the challenge"),
        is_final=True,
        cannot_undo=_("A cancelled challenge is not opened again. Bids that are still sealed stay sealed for ever."),
    )


def issue_addendum(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The one way a published challenge changes."""
    challenge = policy.fetch(actor_of(request), "needs.issue_addendum", Challenge, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.AddendumForm,
        action=partial(actions.issue_addendum, challenge_id=pk),
        success=_home(pk),
        title=_("Addendum"),
        crumbs=[*_crumbs(challenge), crumb(_("Addendum"))],
        submit=_("Issue the addendum"),
        form_kwargs={"zone": challenge.deadline_zone},
        message=_("Issued; everyone who follows or bids is told."),
        context={"is_final": True, "cannot_undo": _("An addendum cannot be changed; a further one can follow.")},
    )


@require_POST
def follow_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    follows = request.POST.get("follows") != "no"
    return act(request, actions.follow_challenge, challenge_id=pk, follows=follows, success=_home(pk))


def _reasoned(request: HttpRequest, pk: UUID, rule: str, action: Any, title: Any, **context: Any) -> HttpResponse:
    challenge = policy.fetch(actor_of(request), rule, Challenge, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.ReasonForm,
        action=partial(action, challenge_id=pk),
        success=_home(pk),
        title=title,
        crumbs=[*_crumbs(challenge), crumb(title)],
        submit=title,
        context={"cancel_url": _home(pk), **context},
    )


def _home(pk: UUID) -> str:
    return reverse("needs:challenge", args=[pk])


def _crumbs(challenge: Challenge, *, last: bool = False) -> list[Crumb]:
    here = crumb(challenge.code) if last else crumb(challenge.code, _home(challenge.pk))
    return [crumb(_("Challenges"), reverse("needs:challenges")), here]


def _tabs(actor: Actor, challenge: Challenge) -> list[dict[str, Any]]:
    """Which parts there are for this actor now."""
    judges = _judges(actor, challenge)
    offered = [("overview", _("Overview")), ("indicators", _("Indicators and gates"))]
    if challenge.published_at is not None:
        offered.append(("questions", _("Questions and answers")))
    if judges and challenge.is_opened:
        offered.append(("bids", _("Bids")))
    if judges:
        offered.append(("review", _("Review")))  # of a draft too: the panel is invited before it is published
    if _has_award(actor, challenge) or (judges and challenge.is_opened and is_review_complete(challenge)):
        offered.append(("award", _("Award")))
    offered.append(("history", _("History")))
    return [{"key": key, "label": label, "url": f"{_home(challenge.pk)}?tab={key}"} for key, label in offered]


def _has_award(actor: Actor, challenge: Challenge) -> bool:
    return (
        awards_visible_to(actor).filter(challenge=challenge).exists()
        or notices_visible_to(actor).filter(challenge=challenge).exists()
    )


def _judges(actor: Actor, challenge: Challenge) -> bool:
    seat = seat_of(actor, challenge)
    return actor.belongs_to(challenge.issuer_id) or (seat is not None and seat.state == "cleared")


def _overview(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    parts = challenge_parts(challenge)
    is_issuer = actor.belongs_to(challenge.issuer_id)
    is_draft = challenge.state in (ChallengeState.DRAFT, ChallengeState.IN_CHECK)
    hits = checks.hits_at("needs.publish_challenge", challenge) if is_issuer and is_draft else []
    own = bid_of(actor, challenge)
    may_bid = (
        challenge.state == ChallengeState.PUBLISHED
        and not challenge.is_past_deadline
        and policy.can(actor, "needs.start_bid", challenge)
    )
    return {
        **parts,
        "lacking": [hit.missing for _check, hit in hits if hit.missing],
        "own_bid": own,
        "may_bid": may_bid,
        "conditions": list(challenge.conditions.all()),
        "details": details_of(challenge),
        "takes_questions": takes_questions(challenge),
        "questions_until": questions_close_at(challenge),
        "answers_until": answers_due_at(challenge),
        "follows": actor.person is not None and challenge.follows.filter(person=actor.person).exists(),
        "is_public": challenge.state in PUBLIC,
        "openness": of_challenge(actor, challenge),
    }


def _indicators(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    parts = challenge_parts(challenge)
    due = {gate.pk: {one.pk for one in gate.specifications.all()} for gate in parts["gates"]}
    rows = [(spec, [spec.pk in due[gate.pk] for gate in parts["gates"]]) for spec in parts["indicators"]]
    return {**parts, "due_rows": rows}


def _bids(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    return {"bids": received_bids(actor, challenge), "matrix": matrix(actor, challenge)}


def _review(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    is_issuer = actor.belongs_to(challenge.issuer_id)
    seats = panel_visible_to(actor).filter(challenge=challenge).select_related("person", "replaces__person")
    return {
        "seats": list(seats),
        "own_seat": seat_of(actor, challenge),
        "is_issuer": is_issuer,
        "progress": progress(challenge),
        "may_invite": policy.can(actor, "needs.invite_panelist", challenge)
        and challenge.state not in (ChallengeState.AWARDED, ChallengeState.CANCELLED),
        "matrix": matrix(actor, challenge) if challenge.is_opened else None,
    }


def _award(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    awards = (
        awards_visible_to(actor).filter(challenge=challenge).select_related("bid__bidder", "proposed_by", "signed_by")
    )
    waiting = (
        [hit.missing for _check, hit in checks.hits_at("needs.propose_award", challenge) if hit.missing]
        if _judges(actor, challenge)
        else []
    )
    may = policy.can(actor, "needs.propose_award", challenge) and challenge.state == ChallengeState.UNDER_REVIEW
    rows = list(awards)
    notices = list(notices_visible_to(actor).filter(challenge=challenge))
    stands = next((one for one in notices if one.is_live), None)
    proposed = any(one.state == AwardState.PROPOSED for one in rows)
    return {
        "awards": rows,
        "lacking": waiting,
        "may_propose": may and not waiting,
        "notices": notices,
        "may_open": may and proposed and bool(challenge.notice_days) and stands is None,
        "recommendation": recommendation(actor, challenge, rows),
    }


def _history(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    return {
        "timeline": book.timeline(challenge, limit=100),
        "addenda": list(challenge.addenda.select_related("issued_by")),
    }


def _asks(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    """The buttons: open moves that the rules allow too."""
    pk, buttons = challenge.pk, []
    words: list[tuple[str, Any, bool]] = [
        ("edit_challenge", _("Edit"), False),
        ("edit_entry", _("Taking part and secrecy"), False),
        ("submit_for_check", _("Hand over for check"), True),
        ("return_challenge", _("Return"), False),
        ("publish_challenge", _("Publish"), True),
        ("issue_addendum", _("Issue an addendum"), False),
        ("cancel_challenge", _("Cancel the challenge"), False),
    ]
    posted = {"submit_for_check", "publish_challenge"}
    for move, label, primary in words:
        asked = "edit_challenge" if move == "edit_entry" else move  # the same draft, another page of it
        if not CHALLENGE.is_open(challenge.state, asked) or not policy.can(actor, f"needs.{asked}", challenge):
            continue
        if move == "issue_addendum" and challenge.is_past_deadline:
            continue
        buttons.append(
            {"label": label, "url": reverse(f"needs:{move}", args=[pk]), "post": move in posted, "primary": primary}
        )
    return {"actions": buttons, "missing_people": _second_person(actor, challenge)}


def _second_person(actor: Actor, challenge: Challenge) -> list[Missing]:
    """Who drafted a challenge reads here why there is no button for publishing it."""
    if (
        challenge.state != ChallengeState.IN_CHECK
        or not actor.belongs_to(challenge.issuer_id)
        or policy.can(actor, "needs.publish_challenge", challenge)
    ):
        return []
    return [
        Missing(
            _("A second person publishes: neither who drafted it nor who last edited it."),
            _("Another signatory or admin of %s") % challenge.issuer,
        )
    ]


_TABS: dict[str, Any] = {
    "overview": _overview,
    "indicators": _indicators,
    "questions": questions_tab,
    "bids": _bids,
    "review": _review,
    "award": _award,
    "history": _history,
}


class _TitleForm(Form):
    """The title of a new draft."""

    title = TextField(label=_("Title"), max_length=200)
