"""What one may know of what a bid resembles (R106).

Every bid that is named here was read through `bids_visible_to`, and every work through the search's own visibility: of what the reader may not read
nothing is told, not even that there is one. As long as a challenge is judged without names, its judges learn of no work and of no other bid of the
bidder, nor of works of others beside which the bidder's own would be missed: only of passages that the bids before them share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.urls import reverse

from core.accounts.actor import Actor
from core.checks.queries import threshold_value
from core.search.copying import longest_shared
from needs.models.bid import Bid, BidBudget
from needs.models.bid_likeness import Measure, SimilarBid
from needs.models.challenge import Challenge
from needs.queries.bid import bids_visible_to
from needs.queries.duplicate import CODE, documents_seen
from needs.states.bid import RECEIVED

SHOWN = 20


@dataclass(frozen=True)
class Resembling:
    """One thing that a bid resembles: another bid or a work, whose it is, and for another bid of the challenge the passage both share.

    `twice` is what the bidder may be paid twice at most: the smaller of what its two bids ask; of anything else it is not known.
    """

    title: str
    owner: str
    link: str
    percent: int
    is_bidders: bool
    passage: str = ""
    twice: Decimal | None = None


def resembling(actor: Actor, bid: Bid) -> list[Resembling]:
    """What the bid resembles, most alike first, as far as the actor may read both; the bid was read through `bids_visible_to`."""
    is_own = actor.belongs_to(bid.bidder_id)
    rows = _kept(SimilarBid.objects.filter(bid=bid), bid.challenge)
    if not is_own and bid.is_withheld:
        rows = [row for row in rows if row.measure == Measure.COPIED]
    if not rows:
        return []
    ids = [row.other_id for row in rows]
    bids = {one.pk: one for one in bids_visible_to(actor).filter(pk__in=ids).select_related("challenge", "bidder")}
    works = documents_seen(actor, ids)
    asked = _asked(bid, *(one for one in bids.values() if one.bidder_id == bid.bidder_id))
    found = [_as_read(row, bid, bids[row.other_id], asked, is_own=is_own) for row in rows if row.other_id in bids]
    for row in rows:
        work = works.get(row.other_id)
        if work is not None and work.organisation is not None:
            is_bidders = work.organisation_id == bid.bidder_id or bid.bidder_id in work.parties
            found.append(Resembling(work.title, work.organisation.name, work.link, _percent(row), is_bidders))
    return sorted((one for one in found if one is not None), key=lambda one: (-one.percent, one.title))[:SHOWN]


@dataclass(frozen=True)
class SharedPassages:
    """Two opened bids of a challenge that say the same word for word."""

    one: Bid
    other: Bid
    percent: int


def shared_passages(actor: Actor, challenge: Challenge) -> list[SharedPassages]:
    """The pairs of bids of the challenge that share passages, most first, among those that the actor may read and does not make."""
    if not challenge.is_opened:
        return []
    rows = bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED).exclude(bidder=actor.organisation_id)
    bids = {one.pk: one for one in rows.select_related("challenge", "bidder")}
    if len(bids) < 2:
        return []
    kept = _kept(SimilarBid.objects.filter(bid__in=bids, measure=Measure.COPIED), challenge)
    return [
        SharedPassages(bids[row.bid_id], bids[row.other_id], _percent(row))
        for row in kept
        if row.other_id in bids and row.bid_id < row.other_id
    ]


def _as_read(
    row: SimilarBid, bid: Bid, other: Bid, asked: Mapping[UUID, Decimal], *, is_own: bool
) -> Resembling | None:
    """Another bid as the reader may know it; None where saying that the two are alike would tell who bids."""
    link = reverse("needs:bid", args=[other.pk])
    if row.measure == Measure.COPIED:
        passage = longest_shared(bid.plan, other.plan)
        return Resembling(other.shown_bidder, other.challenge.title, link, _percent(row), False, passage)
    if not is_own and (bid.is_withheld or other.is_withheld):
        return None
    twice = min(asked[bid.pk], asked[other.pk]) if {bid.pk, other.pk} <= asked.keys() else None
    return Resembling(other.challenge.title, other.shown_bidder, link, _percent(row), True, twice=twice or None)


def _asked(*bids: Bid) -> dict[UUID, Decimal]:
    """What each of one bidder's bids, all of them visible to the reader, asks for all its stages; none where there is but one."""
    if len(bids) < 2:
        return {}
    rows = BidBudget.objects.filter(bid__in=bids).order_by().values_list("bid")
    return dict(rows.annotate(total=Sum("amount")))


def _kept(rows: QuerySet[SimilarBid], challenge: Challenge) -> list[SimilarBid]:
    """The rows that stand and reach the threshold of their measure."""
    found = list(rows.filter(gone_at__isnull=True).order_by("-score", "pk"))
    if not found:
        return []
    chain = challenge.need.chain_id
    least = {Measure.ALIKE: _least("likeness", chain), Measure.COPIED: _least("copied", chain)}
    return [row for row in found if row.score >= least[Measure(row.measure)]]


def _least(name: str, chain_id: UUID | None) -> Decimal:
    return threshold_value(CODE, name, chain_id) / 100


def _percent(row: SimilarBid) -> int:
    return round(row.score * 100)


__all__: Sequence[str] = ["Resembling", "SharedPassages", "resembling", "shared_passages"]
