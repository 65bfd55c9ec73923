"""Splitting money to the fen: largest remainder, with the exact rest carried to the next time (R080, R081; N7).

Rounding well within one period is not enough: five fen a thousand times at 40/30/20/10 would leave the last party with
nothing for ever. So each party's rest, always less than a fen, is kept as a fraction and counts the next time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.translation import gettext_noop

RULE = gettext_noop(
    "Shares are computed exactly and rounded down to the fen; the fen left over go one by one to whoever is furthest behind, and "
    "among equals to whoever stands first in the table. What is owed below a fen is carried to the next settlement. When a share "
    "ends, its rest goes to those who stay, by their shares."
)


@dataclass(frozen=True)
class Part:
    """A party's key, its exact share of the whole, and the fraction of a fen carried from before."""

    key: str
    share: Fraction
    carried: Fraction = Fraction(0)


@dataclass(frozen=True)
class Split:
    """Fen by key, and the fraction of a fen each key now carries."""

    paid: Mapping[str, int]
    carried: Mapping[str, Fraction]


def evened(parts: Sequence[Part]) -> list[Part]:
    """The parts with rests that sum to zero: what those who left had carried goes to those who stay, by their shares."""
    left = sum((one.carried for one in parts if one.share > 0), Fraction(0))
    return [replace(one, carried=one.carried - one.share * left if one.share > 0 else Fraction(0)) for one in parts]


def split(total: int, parts: Sequence[Part]) -> Split:
    """Split `total` fen. Invariants: the sum is exact, nobody gets less than nothing, no share gets nothing, |rest| < 1 fen.

    Raises ValueError unless the shares sum to one and none is negative.
    """
    if total < 0 or any(one.share < 0 for one in parts) or sum(one.share for one in parts) != 1:
        raise ValueError("shares are not negative and sum to one")
    sharing = [one for one in parts if one.share > 0]
    owed = {one.key: one.share * total + one.carried for one in sharing}
    paid = {key: max(0, floor(amount)) for key, amount in owed.items()}
    rest = total - sum(paid.values())
    # Carried rests sum to zero, so what is left is between 0 and the number of parties; were it below, the one
    # furthest ahead gives back first.
    order = {key: -at for at, key in enumerate(owed)}  # ties go to whoever stands first in the table
    while rest > 0:
        key = max(owed, key=lambda one: (owed[one] - paid[one], order[one]))
        paid[key] += 1
        rest -= 1
    while rest < 0:
        key = min((one for one in paid if paid[one] > 0), key=lambda one: (owed[one] - paid[one], order[one]))
        paid[key] -= 1
        rest += 1
    whole = {one.key: paid.get(one.key, 0) for one in parts}
    return Split(whole, {one.key: owed[one.key] - paid[one.key] if one.key in owed else Fraction(0) for one in parts})


def shares_of(weights: Mapping[str, Decimal]) -> dict[str, Fraction]:
    """Exact shares from weights or percentages, whatever they sum to."""
    total = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    if total <= 0:
        raise ValueError("weights sum to more than nothing")
    return {key: Fraction(weight) / total for key, weight in weights.items()}
