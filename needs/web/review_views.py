"""Pages of the panel: the desk, the comparison, own marks, declarations."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.errors import NotFound
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from core.web.tables.files import rows_response
from needs.actions import review as actions
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember, ScoreSheet
from needs.queries.conflict import conflicts_of, told_conflicts
from needs.queries.review import panel_visible_to, progress, seat_of, sheets_visible_to
from needs.queries.verdict import as_text
from needs.states.review import PanelState
from needs.web import challenge_forms as forms
from needs.web.bid_views import _shown
from needs.web.doors import act, actor_of
from needs.web.review_matrix import Matrix, matrix


class Seats(tables.Table):
    """The panels one sits on."""

    columns = [
        tables.Column(
            "challenge",
            _("Challenge"),
            value="challenge.title",
            sort="challenge__title",
            is_primary=True,
            link=lambda row: _seat_link(row),
            note=lambda row: row.challenge.code,
        ),
        tables.Column("issuer", _("Issuer"), value="challenge.issuer.name", sort="challenge__issuer__name"),
        tables.Column(
            "deadline_at", _("Opened"), value="challenge.deadline_at", kind="deadline", sort="challenge__deadline_at"
        ),
        tables.Column("is_chair", _("Chair"), kind="yes_no"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [tables.Multi("state", _("State"), choices=PanelState.choices)]
    search = ["challenge__title", "challenge__code"]
    default_sort = "-deadline_at"
    file_name = "panels"
    empty = tables.Empty(
        _("No panel yet"), _("When an issuer asks you to judge bids, the challenge stands here."), icon="gavel"
    )


def _seat_link(seat: PanelMember) -> str:
    if seat.state == PanelState.CLEARED:
        return reverse("needs:review_desk", args=[seat.challenge_id])
    return reverse("needs:declare_conflict", args=[seat.pk])


def list_seats(request: HttpRequest) -> HttpResponse:
    """The review desk's entry: all panels of the person."""
    actor = actor_of(request)
    rows = panel_visible_to(actor).filter(person=actor.person).select_related("challenge__issuer")
    return tables.render(request, Seats(rows), title=_("Review desk"))


def review_desk(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What a panel member has to do, and the comparison as far as it may be read."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.view_challenge", Challenge, pk)
    seat = seat_of(actor, challenge)
    if seat is None and not actor.belongs_to(challenge.issuer_id):
        raise NotFound(_now("There is nothing here, or you have no access to it."))
    table = matrix(actor, challenge, request.GET.get("order", "rank"))
    kind = request.GET.get("file")
    if kind == "csv" and table is not None:
        heads, rows = _as_rows(table)
        return rows_response(request, f"bids-{challenge.code}", heads, rows, kind)
    now = progress(challenge)
    shown = {
        "challenge": challenge,
        "stated": challenge,
        "seat": seat,
        "matrix": table,
        "progress": now,
        "order": request.GET.get("order", "rank"),
        "own_locked": now.members.get(seat.pk, 0) if seat else 0,
        "actions": [{"label": _("Export"), "url": "?file=csv", "icon": "download"}] if table else [],
    }
    return render_page(
        request, "needs/review_desk.html", shown, title=challenge.title, crumbs=_crumbs(challenge, _("Review"))
    )


def score_bid(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Own marks for one bid."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.score_bid", Bid, pk)
    criteria = list(bid.challenge.criteria.all())
    sheet = ScoreSheet.objects.filter(panel_member__person=actor.person, bid=bid).prefetch_related("scores").first()
    locked = sheet is not None and sheet.locked_at is not None
    given = {one.criterion_id: one for one in sheet.scores.all()} if sheet else {}
    initial: dict[str, Any] = {"comment": sheet.comment if sheet else ""}
    for one in given.values():
        initial |= {
            f"score_{one.criterion_id}": one.value,
            f"na_{one.criterion_id}": one.is_na,
            f"note_{one.criterion_id}": one.comment,
        }
    others = (
        sheets_visible_to(actor)
        .filter(bid=bid)
        .exclude(panel_member__person=actor.person)
        .select_related("panel_member__person")
        .prefetch_related("scores__criterion")
    )
    return form_page(
        request,
        "needs/review_score.html",
        forms.marks_form(criteria),
        action=partial(actions.score_bid, bid_id=pk),
        success=reverse("needs:score_bid", args=[pk]),
        title=_("Marks for %(bidder)s") % {"bidder": bid.shown_bidder},
        initial=initial,
        crumbs=[*_crumbs(bid.challenge, _("Review"), linked=True), crumb(bid.shown_bidder)],
        submit=_("Save the marks"),
        message=_("Saved; nobody else sees it yet."),
        context=lambda form: {
            **_shown(bid),
            "sheet": sheet,
            "locked": locked,
            "others": list(others) if locked else [],
            "is_complete": len(given) == len(criteria),
            "mark_rows": [
                (one, form[f"score_{one.pk}"], form[f"na_{one.pk}"], form[f"note_{one.pk}"], given.get(one.pk))
                for one in criteria
            ],
        },
    )


@require_POST
def lock_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.lock_sheet,
        bid_id=pk,
        success=reverse("needs:score_bid", args=[pk]),
        message=_("Locked. The others' locked marks for this bid show now."),
    )


def invite_panelist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask a person for the panel."""
    challenge = policy.fetch(actor_of(request), "needs.invite_panelist", Challenge, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.InviteForm,
        action=partial(actions.invite_panelist, challenge_id=pk),
        success=reverse("needs:challenge", args=[pk]) + "?tab=review",
        title=_("Invite to the panel"),
        crumbs=_crumbs(challenge, _("Invite")),
        form_kwargs={"challenge": challenge},
        submit=_("Invite"),
        message=_("Invited; the person declares before seeing anything."),
    )


def declare_conflict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A member's own declaration, beside what the platform found."""
    actor = actor_of(request)
    seat = policy.fetch(actor, "needs.declare_conflict", PanelMember, pk)
    after = reverse("needs:declare_conflict", args=[pk])
    return form_page(
        request,
        "needs/review_declare.html",
        forms.DeclareForm,
        action=partial(actions.declare_conflict, seat_id=pk),
        success=after,
        title=_("Declaration for %(challenge)s") % {"challenge": seat.challenge.title},
        crumbs=[crumb(_("Review desk"), reverse("needs:seats")), crumb(seat.challenge.code)],
        submit=_("Declare"),
        message=_("Declared."),
        context={
            "seat": seat,
            "challenge": seat.challenge,
            "found": told_conflicts(seat.challenge, conflicts_of(seat.person, seat.challenge)),
            "stated": seat,
        },
    )


def recuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _seat_reason(request, pk, "needs.recuse", actions.recuse, _("Step back from the panel"))


def replace_panelist(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _seat_reason(
        request, pk, "needs.replace_panelist", actions.replace_panelist, _("Take this member off the panel")
    )


@require_POST
def name_chair(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.name_chair,
        seat_id=pk,
        success=lambda seat: reverse("needs:challenge", args=[seat.challenge_id]) + "?tab=review",
    )


def _seat_reason(request: HttpRequest, pk: UUID, rule: str, action: Any, title: Any) -> HttpResponse:
    seat = policy.fetch(actor_of(request), rule, PanelMember, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.ReasonForm,
        action=partial(action, seat_id=pk),
        success=reverse("needs:challenge", args=[seat.challenge_id]),
        title=title,
        crumbs=_crumbs(seat.challenge, title),
        submit=title,
        context={"is_final": True, "cannot_undo": _("Marks given so far no longer count.")},
    )


def _as_rows(table: Matrix) -> tuple[list[str], list[list[Any]]]:
    """The comparison as rows of a file: what the actor sees."""
    places = [one.place if one.shows_means else None for one in table.columns]
    rows: list[list[Any]] = [
        [f"{spec.name} ({spec.unit})" if spec.unit else spec.name]
        + [as_text(one.commitment) or _now("not committed") for one in answers]
        for spec, answers in table.indicators
    ]
    rows.append([_now("Money asked for"), *(one.total for one in table.columns)])
    rows += [[str(criterion), *(cell["mean"] for cell in cells)] for criterion, cells in table.marks]
    rows.append([_now("Total"), *(one.total if one else None for one in places)])
    rows.append([_now("Rank"), *((one.rank or None) if one else None for one in places)])
    return [_now("Indicator"), *(one.bid.shown_bidder for one in table.columns)], rows


def _crumbs(challenge: Challenge, here: Any, *, linked: bool = False) -> list[Any]:
    last = crumb(here, reverse("needs:review_desk", args=[challenge.pk])) if linked else crumb(here)
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        last,
    ]
