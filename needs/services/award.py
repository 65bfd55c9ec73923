"""Writes of review and award, and the facts a project is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from core import clock
from core.accounts.models import Organisation, Person
from core.inbox import services as inbox
from needs.models.award import Award, AwardSignature, Feedback
from needs.models.bid import Bid, Commitment
from needs.models.challenge import Challenge
from needs.models.need import Need
from needs.queries.ranking import Place
from needs.queries.review import standing
from needs.services.challenge import fingerprint
from needs.states.award import LIVE
from needs.states.bid import BID, RECEIVED, BidState


@dataclass(frozen=True)
class GateFact:
    """A gate the project will have: its day, its money, the indicators due there."""

    stage: str
    planned_on: dt.date | None
    amount: Decimal
    share_percent: Decimal
    specification_ids: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class AwardFacts:
    """Everything a project needs of a signed award, in one reading."""

    award: Award
    challenge: Challenge
    need: Need
    bid: Bid
    bidder: Organisation
    owner: Organisation
    issuer: Organisation
    amount: Decimal
    gates: list[GateFact]
    commitments: list[Commitment]
    specification_ids: list[UUID]
    payers: list[tuple[Organisation, Decimal]]


def award_facts(award: Award | UUID) -> AwardFacts:
    """The facts of a signed award; the amounts of the gates sum to the award's to the fen."""
    award_id = award.pk if isinstance(award, Award) else award
    row = Award.objects.select_related(
        "challenge__need__owner", "challenge__issuer", "challenge__need_version", "bid__bidder"
    ).get(pk=award_id)
    challenge = row.challenge
    gates = list(challenge.gates.prefetch_related("specifications"))
    amounts = split(row.amount, [gate.share_percent for gate in gates])
    return AwardFacts(
        award=row,
        challenge=challenge,
        need=challenge.need,
        bid=row.bid,
        bidder=row.bid.bidder,
        owner=challenge.need.owner,
        issuer=challenge.issuer,
        amount=row.amount,
        gates=[
            GateFact(
                gate.stage, gate.planned_on, amount, gate.share_percent, [one.pk for one in gate.specifications.all()]
            )
            for gate, amount in zip(gates, amounts, strict=True)
        ],
        commitments=list(row.bid.commitments.select_related("specification")),
        specification_ids=[one.specification_id for one in challenge.indicators.all()],
        payers=[(one.organisation, one.amount) for one in challenge.payers.select_related("organisation")],
    )


def split(amount: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """The amount in parts by percent, to the fen, summing exactly: the largest remainders take the fen that are left."""
    total = sum((Fraction(one) for one in percents), Fraction(0))
    if not total:
        return [Decimal(0) for _one in percents]
    fen = int((amount * 100).to_integral_value())
    exact = [Fraction(one) * fen / total for one in percents]
    parts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[: fen - sum(parts)]:
        parts[index] += 1
    return [Decimal(one) / 100 for one in parts]


def award_words(award: Award) -> dict[str, Any]:
    """Exactly what a signature stands under."""
    return {
        "challenge": str(award.challenge_id),
        "bid": str(award.bid_id),
        "receipt": award.bid.receipt_hash,
        "amount": format(award.amount, "f"),
        "rank": award.rank,
        "reason": award.reason,
        "exception_reason": award.exception_reason,
        "version": award.version,
    }


def sign(award: Award, person: Person) -> AwardSignature:
    """Put a person's signature under the award as it stands now."""
    return AwardSignature.objects.create(
        award=award, person=person, content_hash=fingerprint(award_words(award)), signed_at=clock.now()
    )


def void_signatures(award: Award) -> int:
    """Whoever signed before signed something else."""
    return award.signatures.filter(voided_at__isnull=True).update(voided_at=clock.now())


def place_of(bid: Bid, places: Sequence[Place]) -> Place | None:
    return next((one for one in places if one.bid_id == bid.pk), None)


def better_than(bid: Bid, places: Sequence[Place], spared: Sequence[UUID] = ()) -> list[Place]:
    """The ranked bids that stand before this one and get no award themselves: passing them over needs a reason."""
    own = place_of(bid, places)
    if own is None or own.rank is None:
        return []
    return [one for one in places if one.rank is not None and one.rank < own.rank and one.bid_id not in spared]


def release_feedback(challenge: Challenge) -> int:
    """Give every bidder their own mean marks, rank and words, by page and notification."""
    places = standing(challenge)
    ranked = sum(1 for one in places if one.rank is not None)
    criteria = list(challenge.criteria.all())
    now = clock.now()
    count = 0
    for bid in Bid.objects.filter(challenge=challenge, state__in=RECEIVED).select_related("bidder"):
        place = place_of(bid, places)
        marks = [
            {
                "criterion": one.name,
                "criterion_en": one.name_en or one.name,
                "mean": _text(place.mean(one.pk) if place else None),
                "max_score": _text(one.max_score),
                "minimum_mark": _text(one.minimum_mark),
                "is_below": bool(place and one.pk in place.below),
            }
            for one in criteria
        ]
        Feedback.objects.update_or_create(
            bid=bid,
            defaults={
                "marks": marks,
                "total": place.total if place else None,
                "rank": place.rank if place else None,
                "of": ranked,
                "verdict": _verdict(bid, place),
                "released_at": now,
            },
        )
        inbox.notify(
            kind="bid_feedback",
            title=gettext_noop("The result of your bid for %(challenge)s, with your marks"),
            params={"challenge": str(challenge)},
            to=bid.bidder,
            obj=bid,
            link=reverse("needs:bid_feedback", args=[bid.pk]),
            key=f"bid_feedback:{bid.pk}",
        )
        count += 1
    return count


def settle_bids(challenge: Challenge) -> None:
    """Every competing bid without an award is passed over."""
    won = set(challenge.awards.filter(state__in=LIVE).values_list("bid_id", flat=True))
    for bid in (
        Bid.objects.select_for_update(of=("self",))
        .filter(challenge=challenge, state__in=[BidState.SUBMITTED, BidState.ELIGIBLE])
        .order_by("pk")
    ):
        bid.state = BID.after(bid.state, "award_bid" if bid.pk in won else "pass_over_bid")
        bid.touch()
        bid.save(update_fields=["state", "version", "updated_at"])


def _verdict(bid: Bid, place: Place | None) -> str:
    if bid.state == BidState.AWARDED:
        return "awarded"
    if bid.state == BidState.INELIGIBLE:
        return "not_admitted"
    return "below_minimum" if place is not None and place.is_below_minimum else "not_awarded"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
