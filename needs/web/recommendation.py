"""The ranked award recommendation: every bid in its order, who gets what, and where the order is left and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.accounts.actor import Actor
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.bid import bids_visible_to
from needs.queries.ranking import Place
from needs.queries.review import standing_for
from needs.states.award import LIVE
from needs.states.bid import RECEIVED


@dataclass(frozen=True)
class Line:
    """A bid with its place, and the live award on it if there is one."""

    place: Place
    bid: Bid
    award: Award | None
    is_passed_over: bool


def recommendation(actor: Actor, challenge: Challenge, awards: Sequence[Award]) -> list[Line]:
    """The lines in the order of the bids, as far as the actor may know it; empty to who does not judge."""
    places = standing_for(actor, challenge)
    if not places:
        return []
    live = {one.bid_id: one for one in awards if one.state in LIVE}
    rows = bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED).select_related("bidder", "challenge")
    bids = {one.pk: one for one in rows}
    last = max((one.rank for one in places if one.bid_id in live and one.rank is not None), default=0)
    return [
        Line(
            place,
            bids[place.bid_id],
            live.get(place.bid_id),
            place.rank is not None and place.rank < last and place.bid_id not in live,
        )
        for place in places
        if place.bid_id in bids
    ]
