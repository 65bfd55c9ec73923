"""Research that is done twice, for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core import clock
from core.accounts.actor import Actor
from needs.actions import duplicate as actions
from needs.models import Bid, JointProposal, SimilarBid, SimilarPair


def pair(one: Any, other: Any, score: str = "0.700") -> SimilarPair:
    """Two undertakings that were found to be alike."""
    first, second = sorted((one, other), key=lambda row: row.pk)
    now = clock.now()
    return SimilarPair.objects.create(
        one_type=first._meta.label_lower, one_id=first.pk, one_owner=first.owner, other_type=second._meta.label_lower,
        other_id=second.pk, other_owner=second.owner, chains=[first.chain_id], score=Decimal(score), found_at=now, seen_at=now,
    )  # fmt: skip


def proposed(by: Actor, to: Actor, one: Any, other: Any) -> JointProposal:
    """A joint way that one owner proposes to the other."""
    assert to.belongs_to(other.owner_id)
    return actions.propose_joint(
        actor=by, pair_id=pair(one, other).pk, kind="merge", text="合为一项", budget=Decimal(1000000)
    )


def bids_alike(challenge: Any, work: Any) -> None:
    """Every bid of the challenge was found to be like the work, and every two of them to share passages."""
    bids, now = list(Bid.objects.filter(challenge=challenge)), clock.now()
    for bid in bids:
        like = [(work, "alike")] + [(other, "copied") for other in bids if other.pk != bid.pk]
        SimilarBid.objects.bulk_create(
            SimilarBid(
                bid=bid, other_type=one._meta.label_lower, other_id=one.pk, measure=measure, score=Decimal("0.640"), found_at=now
            )
            for one, measure in like
        )  # fmt: skip
