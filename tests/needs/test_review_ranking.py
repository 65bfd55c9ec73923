"""The arithmetic of the ranking: exact, n/a moves nothing, minimum marks outrank totals."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from needs.queries.ranking import Sheet, rank

D = Decimal


@dataclass
class Criterion:
    weight: Decimal
    max_score: Decimal
    minimum_mark: Decimal | None = None
    pk: uuid.UUID = field(default_factory=uuid.uuid4)


A, B, C = Criterion(D(40), D(35), D(21)), Criterion(D(35), D(30), D(18)), Criterion(D(25), D(20))
ALL = [A, B, C]
ONE, TWO, THREE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def sheet(bid: uuid.UUID, *marks: str | None) -> Sheet:
    return Sheet(uuid.uuid4(), bid, {c.pk: None if m is None else D(m) for c, m in zip(ALL, marks, strict=True)})


def test_weighted_mean_is_normalised_to_a_hundred() -> None:
    (place,) = rank(ALL, [ONE], [sheet(ONE, "35", "30", "20")], members=1)
    assert (place.total, place.rank) == (D("100.00"), 1)
    (place,) = rank(ALL, [ONE], [sheet(ONE, "31", "27", "17")], members=1)
    # 40·31/35 + 35·27/30 + 25·17/20
    assert place.total == D("88.18")


def test_an_na_never_moves_the_mean() -> None:
    before = rank(ALL, [ONE], [sheet(ONE, "30", "24", "15")], members=2)[0]
    after = rank(ALL, [ONE], [sheet(ONE, "30", "24", "15"), sheet(ONE, None, "24", None)], members=2)[0]
    assert after.exact == before.exact
    everything = rank(ALL, [ONE], [sheet(ONE, "30", "24", "15"), sheet(ONE, None, None, None)], members=2)[0]
    assert everything.exact == before.exact


def test_a_criterion_nobody_assessed_is_left_out_of_the_total() -> None:
    (place,) = rank(ALL, [ONE], [sheet(ONE, "35", "30", None)], members=1)
    assert place.total == D("100.00")


@pytest.mark.parametrize(("mark", "below"), [("20.99", True), ("21", False), ("21.01", False)])
def test_below_a_minimum_mark_is_out_whatever_the_total(mark: str, below: bool) -> None:
    places = rank(ALL, [ONE, TWO], [sheet(ONE, mark, "30", "20"), sheet(TWO, "22", "18", "0")], members=1)
    by_bid = {one.bid_id: one for one in places}
    assert by_bid[ONE].is_below_minimum is below
    assert by_bid[ONE].rank == (None if below else 1)
    assert by_bid[TWO].rank == (1 if below else 2)


def test_the_minimum_is_compared_exactly_not_rounded() -> None:
    # The mean of 20.99, 21.00 and 21.00 shows as 21.00 and still lies below 21.
    sheets = [sheet(ONE, "20.99", "30", "20"), sheet(ONE, "21", "30", "20"), sheet(ONE, "21", "30", "20")]
    (place,) = rank(ALL, [ONE], sheets, members=3)
    assert place.mean(A.pk) == D("21.00")
    assert place.is_below_minimum


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    sheets = [sheet(ONE, "30", "24", "15"), sheet(TWO, "30", "24", "15"), sheet(THREE, "29", "24", "15")]
    assert [one.rank for one in rank(ALL, [ONE, TWO, THREE], sheets, members=1)] == [1, 1, 3]


def test_spread_of_ten_points_must_be_conferred() -> None:
    near = rank(ALL, [ONE], [sheet(ONE, "35", "30", "20"), sheet(ONE, "35", "30", "12.01")], members=2)[0]
    far = rank(ALL, [ONE], [sheet(ONE, "35", "30", "20"), sheet(ONE, "35", "30", "12")], members=2)[0]
    assert (near.spread, near.must_confer) == (D("9.99"), False)
    assert (far.spread, far.must_confer) == (D("10.00"), True)


def test_a_bid_not_admitted_has_no_rank_and_takes_none_away() -> None:
    sheets = [sheet(ONE, "35", "30", "20"), sheet(TWO, "30", "24", "15")]
    places = rank(ALL, [ONE, TWO], sheets, members=1, excluded=frozenset({ONE}))
    assert [(one.bid_id, one.rank) for one in places] == [(TWO, 1), (ONE, None)]


def test_without_marks_there_is_no_place() -> None:
    (place,) = rank(ALL, [ONE], [], members=2)
    assert (place.total, place.rank, place.sheets, place.wanted, place.is_complete) == (None, None, 0, 2, False)
