"""What a bid resembles, on its page; and which opened bids share passages, on the page of their challenge (R106)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.accounts.actor import Actor
from core.web import slots
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.bid_likeness import resembling, shared_passages


def bid_resembles(request: HttpRequest, *, bid: Bid, **_context: Any) -> str | None:
    """Work and bids like this one, as far as the reader may read them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    found = resembling(actor, bid)
    if not found:
        return None
    shown = {"found": found, "is_own": actor.belongs_to(bid.bidder_id)}
    return render_to_string("needs/_bid_resembles.html", shown, request=request)


def bids_share(request: HttpRequest, *, challenge: Challenge, **_context: Any) -> str | None:
    """The pairs of bids that say the same word for word, to those who judge them."""
    found = shared_passages(request.actor, challenge)  # type: ignore[attr-defined]
    return render_to_string("needs/_bids_share.html", {"found": found}, request=request) if found else None


slots.register("needs.bid_page", bid_resembles, order=20)
slots.register("needs.challenge_page", bids_share, order=20)
