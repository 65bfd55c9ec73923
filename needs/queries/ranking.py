"""The order of bids: exact weighted means, minimum marks, spread. Nothing here rounds before it compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol
from uuid import UUID

SPREAD_LIMIT = Decimal(10)


class Weighed(Protocol):
    """What the arithmetic needs of a criterion."""

    pk: UUID
    weight: Decimal
    max_score: Decimal
    minimum_mark: Decimal | None


@dataclass(frozen=True)
class Sheet:
    """The locked marks of one member for one bid; None is "not assessed"."""

    member_id: UUID
    bid_id: UUID
    marks: Mapping[UUID, Decimal | None]


@dataclass
class Place:
    """Where a bid stands and why."""

    bid_id: UUID
    rank: int | None = None
    exact: Fraction | None = None
    means: dict[UUID, Fraction | None] = field(default_factory=dict)
    below: list[UUID] = field(default_factory=list)
    is_admitted: bool = True
    spread: Decimal | None = None
    sheets: int = 0
    wanted: int = 0
    limit: Decimal = SPREAD_LIMIT
    agreed: frozenset[UUID] = frozenset()

    @property
    def total(self) -> Decimal | None:
        """The weighted mean out of 100, to two places."""
        return rounded(self.exact)

    @property
    def is_below_minimum(self) -> bool:
        return bool(self.below)

    @property
    def is_complete(self) -> bool:
        """Whether every member of the panel has locked a sheet."""
        return self.wanted > 0 and self.sheets >= self.wanted

    @property
    def is_far_apart(self) -> bool:
        """Whether the members' own totals lie as far apart as the challenge's limit."""
        return self.spread is not None and self.spread >= self.limit

    @property
    def is_agreed(self) -> bool:
        """Whether the panel recorded a consensus on this bid."""
        return bool(self.agreed)

    @property
    def must_confer(self) -> bool:
        """Whether the members are too far apart to leave it at the mean, and have not conferred."""
        return self.is_far_apart and not self.agreed

    def mean(self, criterion_id: UUID) -> Decimal | None:
        """The mean mark for a criterion, to two places; None when nobody assessed it."""
        return rounded(self.means.get(criterion_id))


def rounded(value: Fraction | None) -> Decimal | None:
    """To two places, half up."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def weighted(criteria: Sequence[Weighed], marks: Mapping[UUID, Fraction | None]) -> Fraction | None:
    """Σ weight · mark / highest mark over what was assessed, out of 100; None when nothing was."""
    total = weights = Fraction(0)
    for criterion in criteria:
        mark = marks.get(criterion.pk)
        if mark is None:
            continue
        weight = Fraction(criterion.weight)
        total += weight * mark / Fraction(criterion.max_score)
        weights += weight
    return total / weights * 100 if weights else None


def rank(
    criteria: Sequence[Weighed],
    bid_ids: Sequence[UUID],
    sheets: Sequence[Sheet],
    *,
    members: int,
    excluded: frozenset[UUID] = frozenset(),
    agreed: Mapping[UUID, Mapping[UUID, Decimal | None]] | None = None,
    limit: Decimal = SPREAD_LIMIT,
) -> list[Place]:
    """The bids in order: ranked ones first, then those below a minimum mark, those not admitted, those without marks.

    A mark "not assessed" is left out of its criterion's mean, and a criterion nobody assessed out of the total, so it
    moves nothing. Equal totals share a rank. Where the panel agreed on a mark (`agreed`, by bid and criterion), it
    stands in place of the mean; the spread stays that of the members' own marks.
    """
    agreed = agreed or {}
    places = [
        _place(criteria, bid_id, [s for s in sheets if s.bid_id == bid_id], members, agreed.get(bid_id, {}))
        for bid_id in bid_ids
    ]
    for place in places:
        place.limit = limit
        place.is_admitted = place.bid_id not in excluded
    ranked = [p for p in places if p.is_admitted and not p.below and p.exact is not None]
    for place in ranked:
        place.rank = 1 + sum(1 for other in ranked if (other.exact or 0) > (place.exact or 0))
    return sorted(
        places, key=lambda p: (p.rank is None, p.rank or 0, not p.is_admitted, p.exact is None, -(p.exact or 0))
    )


def _place(
    criteria: Sequence[Weighed],
    bid_id: UUID,
    sheets: Sequence[Sheet],
    members: int,
    agreed: Mapping[UUID, Decimal | None],
) -> Place:
    place = Place(bid_id=bid_id, sheets=len(sheets), wanted=members, agreed=frozenset(agreed))
    for criterion in criteria:
        given = [mark for sheet in sheets if (mark := sheet.marks.get(criterion.pk)) is not None]
        mean = sum((Fraction(mark) for mark in given), Fraction(0)) / len(given) if given else None
        if criterion.pk in agreed:
            mark = agreed[criterion.pk]
            mean = None if mark is None else Fraction(mark)
        place.means[criterion.pk] = mean
        if mean is not None and criterion.minimum_mark is not None and mean < Fraction(criterion.minimum_mark):
            place.below.append(criterion.pk)
    place.exact = weighted(criteria, place.means)
    own = [weighted(criteria, {k: None if v is None else Fraction(v) for k, v in s.marks.items()}) for s in sheets]
    totals = [one for one in own if one is not None]
    place.spread = rounded(max(totals) - min(totals)) if len(totals) > 1 else None
    return place
