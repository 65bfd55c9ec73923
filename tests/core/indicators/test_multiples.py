"""What words such as 提升2倍 may mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.indicators.multiples import is_multiple, readings


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("充电效率提升2倍", ["3", "2"]), ("提高了约三倍", ["4", "3"]), ("up 2 times", ["3", "2"]), ("increased 3-fold", ["4", "3"]),
        ("提升到2倍", ["2"]), ("提高至原来的1.5倍", ["1.5"]), ("翻两番", ["4"]), ("doubled", ["2"]), ("3 times as fast", ["3"]),
        ("提升40%", []), ("降低2倍", []), ("增加5 V", []),
    ],
)  # fmt: skip
def test_words_give_the_factors_they_may_mean(words: str, meant: list[str]) -> None:
    assert readings(words) == [Decimal(one) for one in meant]
    assert is_multiple(words) is (bool(meant) or words == "降低2倍")
