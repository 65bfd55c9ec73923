"""Rises and falls that are said in free words, and whether a baseline stands behind them (N1, R018)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.indicators.engine import absolute_target, change
from core.indicators.kinds import Direction, Kind
from core.indicators.models import Measurement, Specification
from core.indicators.reading import read

# What the words of a rise or a fall hold; the database leaves out the rest before anything is read.
MAYBE = r"[%％‰倍番成]|per ?cent|fold|times|doubl"


@dataclass(frozen=True)
class Figure:
    """A rise or a fall as somebody said it: by how much, or how many times, without what it is measured against."""

    words: str
    value: Decimal
    is_multiple: bool
    is_to: bool
    direction: str

    def is_backed_by(self, factor: Decimal) -> bool:
        """Whether after ÷ before is what the words say; “up 2 times” may mean ×2 or ×3."""
        if self.is_multiple:
            return factor == self.value or (not self.is_to and factor == self.value + 1)
        moved = (factor - 1) * 100
        if self.direction == Direction.HIGHER:
            return moved == self.value
        return moved == -self.value if self.direction == Direction.LOWER else abs(moved) == self.value


def figures_in(*texts: str) -> list[Figure]:
    """Every rise or fall in the texts for which no baseline is said."""
    found = [
        Figure(one.words.strip() or one.name, abs(one.value), one.is_multiple, one.is_to_multiple, one.direction)
        for text in texts
        for one in read(text).indicators
        if one.kind == Kind.RELATIVE and one.value is not None and one.baseline is None and not one.is_points
    ]
    return list(dict.fromkeys(found))


def factors_of(rows: Iterable[tuple[Specification, Measurement | None]]) -> list[Decimal]:
    """After ÷ before of every indicator that has its baseline with period and source: as targeted and as measured."""
    found = []
    for row, measured in rows:
        base = row.baseline_value
        if not base or not row.baseline_period.strip() or not row.baseline_source.strip():
            continue
        ends = [absolute_target(row.to_spec())]
        if measured is not None and measured.unit == row.unit:
            ends.append(measured.value)
        for end in ends:
            if end is not None and (moved := change(base, end, row.unit).percent) is not None:
                found.append(1 + moved / 100)
        if row.factor is not None:
            found.append(row.factor)
    return found


def unbacked(figures: Iterable[Figure], factors: Iterable[Decimal]) -> list[Figure]:
    """The figures behind which no baseline stands."""
    known = list(factors)
    return [one for one in figures if not any(one.is_backed_by(factor) for factor in known)]
