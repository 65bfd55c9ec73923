"""What proposing one award and proposing several share: the bid, its place, the amount, the exception."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book
from core.accounts.actor import Actor
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.bid import bids_visible_to
from needs.queries.review import standing
from needs.services.award import better_than, place_of, sign
from needs.services.challenge import FEN, ensure_closed
from needs.services.consensus import order_of
from needs.services.notice import ask_second, withdraw_notice
from needs.states.award import LIVE
from needs.states.challenge import JUDGING


def lock_challenge(challenge: Challenge) -> Challenge:
    """The challenge, its row held."""
    return Challenge.objects.select_for_update(of=("self",)).select_related("need", "issuer").get(pk=challenge.pk)


def under_review(challenge: Challenge) -> None:
    """Raises WrongState unless its bids are opened and not awarded yet."""
    ensure_closed(challenge)
    if challenge.state not in JUDGING:
        raise WrongState(_("The bids of this challenge are not under review."), code="not_under_review")


def bid_for(actor: Actor, challenge: Challenge, bid_id: UUID | str, field: str = "bid_id") -> Bid:
    """An opened bid of the challenge that the actor may read and did not hand in; raises Invalid beside the field."""
    bid = bids_visible_to(actor).filter(challenge=challenge, pk=bid_id).exclude(bidder_id=actor.organisation_id).first()
    if bid is None:
        raise Invalid(_("Choose one of the opened bids of this challenge."), field=field)
    return bid


def budget_left(challenge: Challenge, but: Award | None = None) -> Decimal:
    """What the budget leaves beside the live awards."""
    others = challenge.awards.filter(state__in=LIVE)
    if but is not None:
        others = others.exclude(pk=but.pk)
    return (challenge.budget or Decimal(0)) - sum((one.amount for one in others), Decimal(0))


def fill_award(
    award: Award,
    challenge: Challenge,
    bid: Bid,
    amount: Decimal,
    *,
    reason: str,
    exception_reason: str,
    beside: Sequence[UUID] = (),
    prefix: str = "",
) -> None:
    """Put a bid, its place and an amount on an award; raises Invalid beside the field. `beside` are awarded with it."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid(_("Give an amount above zero, to the fen."), field=f"{prefix}amount")
    left = budget_left(challenge, award)
    if amount > left:
        raise Invalid(
            _("The budget leaves %(left)s yuan for this award.") % {"left": f"{left:,.2f}"}, field=f"{prefix}amount"
        )
    places = standing(challenge)
    place = place_of(bid, places)
    if place is None or place.rank is None or place.total is None:
        raise Invalid(
            _("This bid has no rank: it is not admitted, below a minimum mark or without marks."),
            field=f"{prefix}bid_id",
        )
    others = challenge.awards.filter(state__in=LIVE).exclude(pk=award.pk).values_list("bid_id", flat=True)
    better = better_than(bid, places, [*others, *beside])
    if better and not exception_reason.strip():
        raise Invalid(
            _(
                "This bid stands at %(rank)d; say why the order is broken. The reason is recorded and shown to the second signer."
            )
            % {"rank": place.rank},
            field=f"{prefix}exception_reason",
            code="order_broken",
        )
    award.bid, award.amount, award.rank, award.total = bid, amount, place.rank, place.total
    award.reason = reason.strip()
    award.breaks_order = bool(better)
    award.exception_reason = exception_reason.strip() if better else ""
    award.ranking = order_of(challenge)


def put_forward(actor: Actor, award: Award) -> None:
    """Sign a new proposal first, book it, and ask for what comes next; a notice that ran showed other proposals."""
    assert actor.person is not None
    sign(award, actor.person)
    book.record(actor, "propose_award", award, after=told(award), reason=award.reason)
    withdraw_notice(award.challenge, actor, gettext_noop("A further award was proposed."))
    ask_second(award)
    inbox.close_tasks(key=f"propose_award:{award.challenge_id}")


def told(award: Award) -> dict[str, Any]:
    """What the book keeps of a proposal."""
    return {
        "bid": str(award.bid_id),
        "amount": str(award.amount),
        "rank": award.rank,
        "total": str(award.total),
        "breaks_order": award.breaks_order,
        "exception_reason": award.exception_reason,
        "ranking": award.ranking,
    }
