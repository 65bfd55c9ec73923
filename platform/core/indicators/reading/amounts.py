"""The amounts that a text states, in one form, so that two texts can be compared whatever words and units each writes them in."""

from __future__ import annotations

from decimal import Decimal

from core.indicators import units
from core.indicators.reading.characters import fold, hide
from core.indicators.reading.quantities import quantities

# Of a long text the beginning tells enough.
READ = 4_000


def amounts(text: str) -> dict[str, str]:
    """Each amount by a key that only equal amounts share, with its number as a word: 15分钟 and 0.25 h are both 900 s.

    Every number has a key without its unit as well, for it may stand in another text with a unit that is not known: 1500次, 1,500 cycles.
    """
    found: dict[str, str] = {}
    for one in quantities(hide(fold(text[:READ]))):
        for value in () if one.is_size else (one.low, one.high):
            if value is None:
                continue
            number = f"{abs(value):.4g}"
            word = f"{Decimal(number):f}"
            found[f"#{number}"] = word
            base = units.in_base(abs(value), "%" if one.unit == "percent" else one.unit) if one.unit else None
            if base is not None:
                found[f"{base[1]} {base[0]:.4g}"] = word
    return found
