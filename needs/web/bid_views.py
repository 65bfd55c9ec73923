"""Pages of bids: the editor that saves itself, the preview, the receipt, the files."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.errors import Refusal, Stale
from core.files.web import respond
from core.web import tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page, sent_version
from needs.actions import bid as actions
from needs.models.bid import Bid, BidFile, BidMachine, BidSubmission
from needs.models.challenge import Challenge
from needs.queries.anonymity import with_seen_names
from needs.queries.bid import bids_visible_to, shown_file
from needs.queries.verdict import answers_of, as_text, musts_met, specifications_of
from needs.services.bid import requested
from needs.states.bid import BID, EDITABLE, BidState
from needs.web import bid_forms as forms
from needs.web.challenge_forms import ReasonForm
from needs.web.doors import act, actor_of
from needs.web.eligibility_views import entry_of_bid


class Bids(tables.Table):
    """The bids that exist for the actor: the own organisation's, and opened ones."""

    columns = [
        tables.Column(
            "challenge",
            _("Challenge"),
            value="challenge.title",
            sort="challenge__title",
            is_primary=True,
            link=lambda row: reverse("needs:bid", args=[row.pk]),
            note=lambda row: row.challenge.code,
        ),
        tables.Column("bidder", _("Bidder"), value="shown_bidder", sort="seen_name"),
        tables.Column(
            "deadline_at", _("Deadline"), value="challenge.deadline_at", kind="deadline", sort="challenge__deadline_at"
        ),
        tables.Column("submitted_at", _("Submitted"), kind="deadline", sort="submitted_at"),
        tables.Column(
            "receipt_hash",
            _("Receipt"),
            value=lambda row: row.receipt_hash[:16],
            kind="code",
            export=lambda row: row.receipt_hash,
        ),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [
        tables.Multi("state", _("State"), choices=BidState.choices, facet=True),
        tables.DateRange("submitted", _("Submitted"), lookup="submitted_at", is_moment=True),
    ]
    search = ["challenge__title", "challenge__code", "seen_name"]
    default_sort = "-submitted_at"
    file_name = "bids"
    empty = tables.Empty(
        _("No bid yet"),
        _("Bids of your organisation stand here, and opened bids that you judge."),
        _("Find a challenge"),
        "/needs/challenges/",
        icon="send",
    )


def list_bids(request: HttpRequest) -> HttpResponse:
    rows = with_seen_names(bids_visible_to(actor_of(request))).select_related("challenge", "bidder")
    return tables.render(request, Bids(rows), title=_("Bids"))


@require_POST
def start_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.start_bid, challenge_id=pk, success=lambda bid: reverse("needs:edit_bid", args=[bid.pk])
    )


def bid_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One bid, to its own organisation or, opened, to its judges."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.view_bid", Bid, pk)
    is_own = actor.belongs_to(bid.bidder_id)
    buttons = []
    if is_own and not bid.challenge.is_past_deadline:
        if bid.state in EDITABLE and policy.can(actor, "needs.save_bid", bid):
            buttons.append({"label": _("Go on editing"), "url": reverse("needs:edit_bid", args=[pk]), "primary": True})
        if BID.is_open(bid.state, "withdraw_bid") and policy.can(actor, "needs.withdraw_bid", bid):
            buttons.append(
                {
                    "label": _("Withdraw to change it"),
                    "url": reverse("needs:withdraw_bid", args=[pk]),
                    "post": True,
                    "confirm": _("A withdrawn bid is not taken at the deadline unless you submit it again."),
                }
            )
    if not is_own and policy.can(actor, "needs.admit_bid", bid):
        if BID.is_open(bid.state, "admit_bid"):
            buttons.append({"label": _("Admit"), "url": reverse("needs:admit_bid", args=[pk]), "post": True})
        if BID.is_open(bid.state, "exclude_bid"):
            buttons.append({"label": _("Exclude"), "url": reverse("needs:exclude_bid", args=[pk])})
    if not is_own and policy.can(actor, "needs.score_bid", bid):
        buttons.append({"label": _("Mark this bid"), "url": reverse("needs:score_bid", args=[pk]), "primary": True})
    shown = {
        **_shown(bid),
        **entry_of_bid(actor, bid),
        "stated": bid,
        "is_own": is_own,
        "actions": buttons,
        "timeline": book.timeline(bid) if is_own else [],
        "submissions": list(bid.submissions.select_related("submitted_by")) if is_own else [],
    }
    return render_page(
        request,
        "needs/bid_page.html",
        shown,
        title=_("Bid of %(bidder)s") % {"bidder": bid.shown_bidder},
        crumbs=_crumbs(bid, last=True),
    )


def edit_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The editor. It saves itself while one types; the button leads on to the preview."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.save_bid", Bid, pk)
    if bid.state not in EDITABLE or bid.challenge.is_past_deadline:
        return act(request, lambda actor: bid, success=reverse("needs:bid", args=[pk]))
    return form_page(
        request,
        "needs/bid_edit.html",
        forms.BidForm,
        action=partial(_save_bid, pk),
        success=reverse("needs:preview_bid", args=[pk]),
        title=bid.challenge.title,
        crumbs=[*_crumbs(bid), crumb(_("Edit"))],
        initial=forms.bid_initial(bid),
        form_kwargs={"bid": bid},
        submit=_("Save and preview"),
        context={
            "bid": bid,
            "challenge": bid.challenge,
            "file_form": forms.BidFileForm(),
            "files": list(bid.files.select_related("file")),
            **_preview(bid),
        },
    )


def _save_bid(pk: UUID, *, actor: Actor, version: int | None, **changes: Any) -> Bid:
    return actions.save_bid(actor=actor, bid_id=pk, changes=changes, version=version)


@require_POST
def autosave_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what is typed so far; says when, or why not. What is malformed is named, and the rest is kept."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.save_bid", Bid, pk)
    form = forms.BidForm(request.POST, bid=bid)
    form.is_valid()
    changes = dict(form.cleaned_data)
    changes["version"] = sent_version(request)
    try:
        saved = _save_bid(pk, actor=actor.with_key(None), **changes)
    except Stale as refused:
        theirs = policy.fetch(actor, "needs.view_bid", Bid, pk)
        return render(
            request,
            "needs/_bid_saved.html",
            {"bid": theirs, "refusal": refused, "is_stale": True, "differs": _differs(request, theirs)},
            status=refused.status,
        )
    except Refusal as refused:
        return render(
            request,
            "needs/_bid_saved.html",
            {"bid": bid, "refusal": refused, "errors": refused.fields},
            status=refused.status,
        )
    wrong = {str(form.fields[name].label): texts for name, texts in form.errors.items() if name in form.fields}
    return render(
        request, "needs/_bid_saved.html", {"bid": saved, "errors": wrong, "is_saved": True, **_preview(saved)}
    )


def preview_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bid as it will be handed in, what is missing, and the final button."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.save_bid", Bid, pk)
    lacking = [hit.missing for _check, hit in checks.hits_at("needs.submit_bid", bid) if hit.missing]
    return form_page(
        request,
        "needs/bid_preview.html",
        forms.SubmitForm,
        action=partial(actions.submit_bid, bid_id=pk),
        success=reverse("needs:bid", args=[pk]),
        title=_("Preview of your bid"),
        crumbs=[*_crumbs(bid), crumb(_("Preview"))],
        initial={"version": bid.version},
        submit=_("Submit the bid"),
        message=_("Submitted and sealed. The receipt is below."),
        context={
            **_shown(bid),
            "lacking": lacking,
            "is_own": True,
            "may_submit": policy.can(actor, "needs.submit_bid", bid) and bid.state in EDITABLE,
            "is_final": True,
            "cannot_undo": _(
                "Sealed until the deadline for everyone but your organisation. Until then it can be withdrawn, changed and submitted again."
            ),
        },
    )


@require_POST
def withdraw_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.withdraw_bid,
        bid_id=pk,
        success=reverse("needs:edit_bid", args=[pk]),
        message=_("Withdrawn. Submit it again before the deadline."),
    )


@require_POST
def admit_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.admit_bid, bid_id=pk, success=reverse("needs:bid", args=[pk]))


def exclude_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    bid = policy.fetch(actor_of(request), "needs.exclude_bid", Bid, pk)
    return form_page(
        request,
        "components/form_page.html",
        ReasonForm,
        action=partial(actions.exclude_bid, bid_id=pk),
        success=reverse("needs:bid", args=[pk]),
        title=_("Do not admit this bid"),
        crumbs=[*_crumbs(bid), crumb(_("Exclude"))],
        submit=_("Exclude the bid"),
    )


@require_POST
def add_bid_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(actor_of(request), "needs.add_bid_file", Bid, pk)
    checked = forms.BidFileForm(request.POST, request.FILES).checked()
    return act(
        request, actions.add_bid_file, bid_id=pk, success=reverse("needs:edit_bid", args=[pk]) + "#files", **checked
    )


@require_POST
def remove_bid_file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
    return act(
        request,
        actions.remove_bid_file,
        bid_id=pk,
        bid_file_id=file_id,
        success=reverse("needs:edit_bid", args=[pk]) + "#files",
    )


def download_bid_file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
    """A file of a bid, to whoever may read the bid now."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_bid_file", BidFile, file_id)
    return respond(shown_file(actor, row.bid_id, row.file), request)  # type: ignore[return-value]  # a streaming answer


def bid_receipt(request: HttpRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """Exactly the bytes whose SHA-256 the receipt names."""
    row = policy.fetch(actor_of(request), "needs.view_bid_submission", BidSubmission, submission_id)
    answer = HttpResponse(row.body.encode(), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="bid-{row.bid.challenge.code}-{row.number}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _shown(bid: Bid) -> dict[str, Any]:
    answers = answers_of(bid, specifications_of(bid.challenge))
    met, musts = musts_met(answers)
    budgets = {one.stage: one.amount for one in bid.budgets.all()}
    return {
        "bid": bid,
        "challenge": bid.challenge,
        "answers": [(one, as_text(one.commitment)) for one in answers],
        "met": met,
        "musts": musts,
        "budgets": [(gate, budgets.get(gate.stage)) for gate in bid.challenge.gates.all()],
        "total": requested(bid),
        "machines": [one.shown for one in _machines(bid)],
        "files": list(bid.files.select_related("file")),
    }


def _machines(bid: Bid) -> list[BidMachine]:
    rows = list(bid.machines.select_related("machine"))
    for one in rows:
        one.bid = bid
    return rows


def _preview(bid: Bid) -> dict[str, Any]:
    """Verdicts beside the commitments, the sum of the money, and what is missing still."""
    answers = answers_of(bid, specifications_of(bid.challenge))
    met, musts = musts_met(answers)
    return {
        "answers": {one.specification.pk: one for one in answers},
        "answer_list": answers,
        "met": met,
        "musts": musts,
        "total": requested(bid),
        "lacking": [hit.missing for _check, hit in checks.hits_at("needs.submit_bid", bid) if hit.missing],
    }


def _differs(request: HttpRequest, theirs: Bid) -> list[dict[str, str]]:
    """What stands saved and what was typed here, where the two differ."""
    form = forms.BidForm(bid=theirs)
    saved = forms.bid_initial(theirs)
    rows = []
    for name, field in form.fields.items():
        if name == "version":
            continue
        before, typed = str(saved.get(name) if saved.get(name) is not None else ""), request.POST.get(name, "")
        if name == "accepts_terms":
            before, typed = ("on" if saved.get(name) else ""), typed
        if before.strip() != typed.strip() and not _same_number(before, typed):
            rows.append({"name": str(field.label), "saved": before, "typed": typed})
    return rows


def _same_number(left: str, right: str) -> bool:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(left) == Decimal(right.replace(",", ""))
    except InvalidOperation:
        return False


def _crumbs(bid: Bid, *, last: bool = False) -> list[Crumb]:
    challenge: Challenge = bid.challenge
    here = crumb(_("Bid")) if last else crumb(_("Bid"), reverse("needs:bid", args=[bid.pk]))
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        here,
    ]
