"""Who may bid, and who may read a bid."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member, member_of, role_in
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.bid import Bid, BidFile, BidSubmission
from needs.models.challenge import Challenge
from needs.queries.bid import bid_files_visible_to, bids_visible_to, submissions_visible_to
from needs.rules.challenge import signs_for_issuer


def may_bid(actor: Actor, challenge: Any) -> bool:
    """A member of a verified organisation other than the issuer, the need's owner and the platform's operator."""
    return (
        isinstance(challenge, Challenge)
        and is_verified_member(actor)
        and not actor.is_operator
        and actor.organisation_id not in {challenge.issuer_id, challenge.need.owner_id}
    )


def is_bidder(actor: Actor, bid: Any) -> bool:
    """A member of the bid's organisation."""
    return isinstance(bid, Bid) and member_of(actor, bid.bidder)


def signs_for_bidder(actor: Actor, bid: Any) -> bool:
    """A signatory or admin of the bid's organisation."""
    return isinstance(bid, Bid) and role_in(actor, bid.bidder, Role.SIGNATORY, Role.ADMIN)


def admits_bids(actor: Actor, bid: Any) -> bool:
    """A person who signs for the issuer of the bid's challenge."""
    return isinstance(bid, Bid) and signs_for_issuer(actor, bid.challenge)


policy.register(
    {
        "needs.start_bid": may_bid,
        "needs.save_bid": is_bidder,
        "needs.add_bid_file": is_bidder,
        "needs.remove_bid_file": is_bidder,
        "needs.submit_bid": signs_for_bidder,
        "needs.withdraw_bid": signs_for_bidder,
        "needs.admit_bid": admits_bids,
        "needs.exclude_bid": admits_bids,
    },
    told={
        "needs.start_bid": _(
            "Verified organisations may bid, though not the issuer, the need's owner or the operator."
        ),
        "needs.submit_bid": _("Only a signatory or admin of your organisation submits its bid."),
        "needs.withdraw_bid": _("Only a signatory or admin of your organisation withdraws its bid."),
    },
    begins=[
        "needs.start_bid",
        "needs.submit_bid",
    ],
)
policy.visible(Bid, "needs.view_bid", bids_visible_to)
policy.visible(BidFile, "needs.view_bid_file", bid_files_visible_to)
policy.visible(BidSubmission, "needs.view_bid_submission", submissions_visible_to)
