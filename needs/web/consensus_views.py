"""Pages on which a panel confers: own marks side by side, the agreed mark, and who disagrees."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import consensus as actions
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.consensus import Consensus
from needs.queries.ranking import Place
from needs.queries.review import consensus_visible_to, sheets_visible_to, standing_for
from needs.services.award import place_of
from needs.states.award import LIVE
from needs.states.challenge import JUDGING
from needs.states.review import PanelState
from needs.web import round_forms as forms
from needs.web.doors import actor_of


def record_consensus(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The marks of all members side by side with what was agreed; the chair's form where they may still confer."""
    actor = actor_of(request)
    bid = policy.fetch(actor, "needs.view_bid", Bid, pk)
    challenge = bid.challenge
    place = place_of(bid, standing_for(actor, challenge))
    if place is None or not _all_locked(actor, bid, place):
        raise NotFound(_("There is nothing here, or you have no access to it."))
    rows = _rows(actor, bid)
    is_open = challenge.state in JUDGING and not Award.objects.filter(challenge=challenge, state__in=LIVE).exists()
    chairs = is_open and policy.can(actor, "needs.record_consensus", bid)
    shown = {
        "bid": bid,
        "challenge": challenge,
        "place": place,
        "rows": rows,
        "members": _members(actor, bid),
        "is_open": is_open,
        "chairs": chairs,
        "may_dissent": is_open and policy.can(actor, "needs.lock_sheet", bid),
        "own_person": actor.person,
        "former": _former(actor, bid),
    }
    title = _("Consensus on the bid of %(bidder)s") % {"bidder": _named(bid)}
    if not chairs:
        if request.method == "POST":
            policy.require(actor, "needs.record_consensus", bid)
        return render_page(
            request, "needs/review_consensus.html", shown, title=title, crumbs=_crumbs(challenge, _("Consensus"))
        )
    initial: dict[str, Any] = {}
    for row in rows:
        if (one := row["agreed"]) is not None:
            key = row["criterion"].pk
            initial |= {f"mark_{key}": one.value, f"na_{key}": one.is_na, f"note_{key}": one.note}
    return form_page(
        request,
        "needs/review_consensus.html",
        forms.consensus_form([row["criterion"] for row in rows]),
        action=partial(actions.record_consensus, bid_id=pk),
        success=reverse("needs:record_consensus", args=[pk]),
        title=title,
        crumbs=_crumbs(challenge, _("Consensus")),
        initial=initial,
        submit=_("Record the consensus"),
        message=_("Recorded; every member reads it."),
        context=lambda form: {
            **shown,
            "rows": [
                row | {"fields": [form[f"{name}_{row['criterion'].pk}"] for name in ("mark", "na", "note")]}
                for row in rows
            ],
        },
    )


def record_dissent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A member's own words against a consensus."""
    consensus = policy.fetch(actor_of(request), "needs.record_dissent", Consensus, pk)
    after = reverse("needs:record_consensus", args=[consensus.bid_id])
    return form_page(
        request,
        "components/form_page.html",
        forms.DissentForm,
        action=partial(actions.record_dissent, consensus_id=pk),
        success=after,
        title=_("Dissent on “%(criterion)s”") % {"criterion": consensus.criterion},
        crumbs=[*_crumbs(consensus.bid.challenge, _("Review"), linked=True), crumb(_("Dissent"))],
        submit=_("Keep my dissent on record"),
        context={"cancel_url": after},
    )


def _all_locked(actor: Actor, bid: Bid, place: Place) -> bool:
    """Whether every member has locked this bid, as far as the actor may know."""
    return place.is_complete and sheets_visible_to(actor).filter(bid=bid, locked_at__isnull=False).exists()


def _members(actor: Actor, bid: Bid) -> list[Any]:
    sheets = sheets_visible_to(actor).filter(bid=bid, locked_at__isnull=False, panel_member__state=PanelState.CLEARED)
    return list(
        sheets.select_related("panel_member__person")
        .prefetch_related("scores")
        .order_by("-panel_member__is_chair", "panel_member__created_at")
    )


def _rows(actor: Actor, bid: Bid) -> list[dict[str, Any]]:
    """Per criterion: each member's mark, how far they lie apart in points of 100, and the consensus."""
    sheets = _members(actor, bid)
    agreed = {
        one.criterion_id: one
        for one in consensus_visible_to(actor)
        .filter(bid=bid, superseded_at__isnull=True)
        .select_related("seat__person", "criterion")
        .prefetch_related("dissents__seat__person")
    }
    rows = []
    for criterion in bid.challenge.criteria.all():
        marks = [next((s for s in sheet.scores.all() if s.criterion_id == criterion.pk), None) for sheet in sheets]
        values = [one.value for one in marks if one is not None and one.value is not None]
        apart = (max(values) - min(values)) * 100 / criterion.max_score if len(values) > 1 else None
        rows.append(
            {
                "criterion": criterion,
                "marks": marks,
                "mean": sum(values) / len(values) if values else None,
                "apart": apart,
                "is_far": apart is not None and apart >= bid.challenge.spread_limit,
                "agreed": agreed.get(criterion.pk),
            }
        )
    return rows


def _former(actor: Actor, bid: Bid) -> list[Consensus]:
    rows = consensus_visible_to(actor).filter(bid=bid, superseded_at__isnull=False)
    return list(rows.select_related("criterion", "seat__person").prefetch_related("dissents__seat__person"))


def _named(bid: Bid) -> str:
    return bid.shown_bidder


def _crumbs(challenge: Challenge, here: Any, *, linked: bool = False) -> list[Any]:
    last = crumb(here, reverse("needs:review_desk", args=[challenge.pk])) if linked else crumb(here)
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        last,
    ]
