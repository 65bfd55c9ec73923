"""Decimals for the engine: one stated precision, one way to round for people, one way to write a number."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal

# Quantities have at most 30 digits, so every sum and product of two is exact within this; only divisions are rounded.
PRECISION = 80
PLACES = 20


@contextmanager
def exact() -> Iterator[None]:
    """Inside, results are rounded only where a division does not end."""
    with decimal.localcontext() as context:
        context.prec = PRECISION
        yield


def tidy(number: Decimal) -> Decimal:
    """At most 20 places (half to even) and no trailing zeros."""
    with exact():
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -PLACES:
            number = number.quantize(Decimal(1).scaleb(-PLACES))
        short = number.normalize()
        return short.quantize(Decimal(1)) if short == short.to_integral_value() and short.adjusted() < 40 else short


def shown(number: Decimal) -> str:
    """A percentage or points for people: one place, half up; more where that would show nothing."""
    with exact():
        for places in range(1, 7):
            rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
            if rounded != 0 or number == 0:
                return plain(rounded)
        return plain(number)


def signed(number: Decimal) -> str:
    """With a sign: +30, −25."""
    text = shown(abs(number))
    return f"+{text}" if number > 0 else f"−{text}" if number < 0 else "0"


def plain(number: Decimal) -> str:
    """Without trailing zeros or exponent, every digit kept."""
    with exact():
        text = format(number.normalize(), "f") if number else "0"
    return text.replace("-", "−")
