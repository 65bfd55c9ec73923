"""Writes of review and award, and the facts a project is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from core import clock
from core.accounts.models import Organisation, Person
from needs.models.award import Award, AwardPayer, AwardSignature
from needs.models.bid import Bid, Commitment
from needs.models.challenge import Challenge
from needs.models.need import Need
from needs.queries.ranking import Place
from needs.services.challenge import fingerprint
from needs.states.award import LIVE
from needs.states.bid import BID, BidState
from needs.states.challenge import Stage


@dataclass(frozen=True)
class GateFact:
    """A gate the project will have: its day, its money, the indicators due there."""

    stage: str
    planned_on: dt.date | None
    amount: Decimal
    share_percent: Decimal
    specification_ids: list[UUID] = field(default_factory=list)

    @property
    def stage_label(self) -> str:
        return str(Stage(self.stage).label)


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
    # Who gives how much of this award, to the fen; with several awards the payers' parts sum to what each pledged.
    shares: list[tuple[Organisation, Decimal]]

    def tranches(self) -> list[tuple[Organisation, list[tuple[str, Decimal]]]]:
        """Per payer what falls due at each stage; every row sums to the payer's share, every stage to its gate."""
        left = [amount for _payer, amount in self.shares]
        rows: list[list[tuple[str, Decimal]]] = [[] for _one in self.shares]
        for gate in self.gates:
            parts = split(gate.amount, left)
            for at, part in enumerate(parts):
                left[at] -= part
                rows[at].append((gate.stage, part))
        return [(payer, row) for (payer, _amount), row in zip(self.shares, rows, strict=True)]


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
        shares=shares_of(row),
    )


def shares_of(award: Award) -> list[tuple[Organisation, Decimal]]:
    """What each payer gives to an award: as fixed by its second signature, before that as it would be now."""
    fixed = [(one.organisation, one.amount) for one in award.payers.select_related("organisation")]
    if fixed:
        return fixed
    challenge = award.challenge
    pledged = [(one.organisation, one.amount) for one in challenge.payers.select_related("organisation")]
    if not pledged:
        return [(challenge.issuer, award.amount)]
    given: dict[UUID, Decimal] = {}
    for one in AwardPayer.objects.filter(award__challenge=challenge):
        given[one.organisation_id] = given.get(one.organisation_id, Decimal(0)) + one.amount
    left = [amount - given.get(payer.pk, Decimal(0)) for payer, amount in pledged]
    parts = split(award.amount, left)
    return [(payer, part) for (payer, _amount), part in zip(pledged, parts, strict=True)]


def fix_shares(award: Award) -> None:
    """Keep what each payer gives to a signed award, so that a later award of the race moves nothing of it."""
    AwardPayer.objects.bulk_create(
        [
            AwardPayer(award=award, organisation=payer, amount=amount, position=at)
            for at, (payer, amount) in enumerate(shares_of(award))
        ]
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
        "order": award.ranking,
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
