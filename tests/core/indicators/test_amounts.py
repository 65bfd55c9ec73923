"""What two texts both state is found whatever words and units each writes it in."""

from __future__ import annotations

import pytest

from core.indicators.reading import amounts


@pytest.mark.req("R106")
@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("充电时间≤15分钟（10%到80%）", "charges from 10 to 80 percent within 0.25 h", {"900", "1.000e+5", "8.000e+5"}),
        ("主控功耗0.35千瓦", "rated at 350 W", {"350"}),
        ("循环寿命1.5万次", "after 15,000 cycles", {"#1.500e+4"}),
        ("良率由82%提高到95%", "95 % first-pass yield", {"#95", "9.500e+5"}),
        ("长度500 mm", "500 W", {"#500"}),
        ("按GB/T 1038检测", "1038 units", set()),
        ("", "15 min", set()),
    ],
)
def test_equal_amounts_meet(one: str, other: str, shared: set[str]) -> None:
    both = amounts(one).keys() & amounts(other).keys()
    assert shared <= {key.split(" ")[-1] for key in both}
    assert bool(both) == bool(shared)


def test_the_number_is_told_as_it_is_counted_among_words() -> None:
    assert amounts("循环1.5万次，10–80%")["#1.500e+4"] == "15000"
    assert set(amounts("15分钟").values()) == {"15"}
