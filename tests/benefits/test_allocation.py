"""Splitting: published vectors, the period trap, and properties that hold for all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benefits.allocation import Part, evened, shares_of, split


def fen(total: int, percents: list[str]) -> list[int]:
    parts = [Part(str(at), Fraction(percent) / sum(map(Fraction, percents))) for at, percent in enumerate(percents)]
    return list(split(total, parts).paid.values())


@pytest.mark.req("R081")
@pytest.mark.parametrize(
    ("total", "weights", "wanted"),
    [
        (100_000_000, ["40", "30", "20", "10"], [40_000_000, 30_000_000, 20_000_000, 10_000_000]),
        (20_000_000, ["1", "1", "1"], [6_666_667, 6_666_667, 6_666_666]),
        (3400, ["1", "1", "1", "1"], [850, 850, 850, 850]),
        (10_000, ["1", "1", "1"], [3334, 3333, 3333]),
        (1000, ["1", "4"], [200, 800]),
        (34, ["1", "1", "1", "1"], [9, 9, 8, 8]),
        (5, ["70", "30"], [4, 1]),
        (5, ["30", "70"], [2, 3]),
        (2, ["1", "2", "2", "2"], [0, 1, 1, 0]),
        (0, ["1", "1"], [0, 0]),
    ],
)
def test_published_and_simple_vectors(total: int, weights: list[str], wanted: list[int]) -> None:
    assert fen(total, weights) == wanted


def test_five_fen_a_thousand_times_leave_nobody_with_nothing() -> None:
    shares = shares_of({"a": Decimal(40), "b": Decimal(30), "c": Decimal(20), "d": Decimal(10)})
    paid = dict.fromkeys(shares, 0)
    carried = dict.fromkeys(shares, Fraction(0))
    for _period in range(1000):
        done = split(5, [Part(key, share, carried[key]) for key, share in shares.items()])
        carried = dict(done.carried)
        for key, amount in done.paid.items():
            paid[key] += amount
    assert paid == {"a": 2000, "b": 1500, "c": 1000, "d": 500}


weights = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(lambda all_of_them: sum(all_of_them) > 0)


@given(weights=weights, periods=st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_every_period_is_exact_and_no_rest_reaches_a_fen(weights: list[int], periods: list[int]) -> None:
    shares = {str(at): Fraction(weight, sum(weights)) for at, weight in enumerate(weights)}
    carried = dict.fromkeys(shares, Fraction(0))
    for total in periods:
        done = split(total, [Part(key, share, carried[key]) for key, share in shares.items()])
        assert sum(done.paid.values()) == total
        assert all(amount >= 0 for amount in done.paid.values())
        assert all(done.paid[key] == 0 for key, share in shares.items() if share == 0)
        assert all(abs(rest) < 1 for rest in done.carried.values())
        assert sum(done.carried.values()) == 0
        carried = dict(done.carried)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        split(100, [Part("a", Fraction(1, 2))])


rests = st.lists(st.fractions(min_value=-1, max_value=1, max_denominator=1000), min_size=2, max_size=8)


@given(rests=rests, total=st.integers(0, 10**6))
def test_when_somebody_leaves_the_rests_of_those_who_stay_sum_to_zero(rests: list[Fraction], total: int) -> None:
    """The last one leaves; whatever it carried, those who stay are even again and the sum is exact."""
    stay = len(rests) - 1
    parts = [Part(str(n), Fraction(1, stay) if n < stay else Fraction(0), rest) for n, rest in enumerate(rests)]
    even = evened(parts)
    assert sum(one.carried for one in even) == 0 and even[-1].carried == 0
    done = split(total, even)
    assert sum(done.paid.values()) == total and done.paid[str(stay)] == 0 and sum(done.carried.values()) == 0
