"""How money, numbers and times are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core import clock
from core.web import display


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (Decimal("66.50"), "66.50 元", "CNY 66.50"),
        (Decimal("66666.67"), "6.67 万元", "CNY 66,666.67"),
        (Decimal(4_000_000), "400.00 万元", "CNY 4.00 m"),
        (Decimal(3_120_000_000), "31.20 亿元", "CNY 3.12 bn"),
        (Decimal("-1200"), "−1,200.00 元", "CNY −1,200.00"),
        (Decimal(0), "0.00 元", "CNY 0.00"),
    ],
)
def test_money_is_written_by_size_in_both_languages(amount: Decimal, zh: str, en: str) -> None:
    import re

    def plain(html: str) -> str:
        text = re.sub(r"<span class=\"(fig|u)\">", r" ", html)
        return " ".join(re.sub(r"<[^>]+>", "", text).split())

    with translation.override("zh-hans"):
        assert plain(display.money_html(amount)) == zh
    with translation.override("en"):
        assert plain(display.money_html(amount)) == en


def test_short_money_tells_its_exact_value_and_takes_focus_only_where_it_rounds() -> None:
    with translation.override("zh-hans"):
        rounded, whole = display.money_html(Decimal("66666.67")), display.money_html(Decimal(4_000_000))
    assert 'data-exact="66,666.67 元"' in rounded and "tabindex" in rounded
    assert 'data-exact="4,000,000.00 元"' in whole and "tabindex" not in whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.500"), "1,234.5"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("-0.50"), "−0.5"),
        (Decimal("-0.00"), "0"),
        (Decimal("100"), "100"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_numbers_have_no_trailing_zeros_and_no_exponent(value: Decimal | None, text: str) -> None:
    assert display.number_text(value) == text


def test_times_are_shown_in_beijing_time_with_their_zone() -> None:
    moment = dt.datetime(2026, 9, 15, 10, 0, 5, tzinfo=dt.UTC)
    with translation.override("en"):
        assert display.moment_text(moment, seconds=True, zone=True) == "2026-09-15 18:00:05 Beijing time (UTC+8)"
        html = display.when_html(moment)
    assert 'datetime="2026-09-15T10:00:05+00:00"' in html and ">2026-09-15 18:00<" in html


@pytest.mark.parametrize(
    ("left", "text", "late"),
    [
        (dt.timedelta(days=2, hours=1), "2 days left", False),
        (dt.timedelta(hours=8, minutes=46), "8 h 46 min left", False),
        (dt.timedelta(hours=-15), "15 h late", True),
        (dt.timedelta(days=-1, minutes=-1), "1 day late", True),
    ],
)
def test_distance_says_what_is_left_or_late(left: dt.timedelta, text: str, late: bool) -> None:
    now = dt.datetime(2026, 9, 15, 1, 0, tzinfo=dt.UTC)
    with clock.frozen(now), translation.override("en"):
        assert display.distance_text(now + left) == (text, late)


def test_a_day_is_late_only_when_it_is_over() -> None:
    evening = dt.datetime(2026, 9, 15, 15, 30, tzinfo=dt.UTC)  # 23:30 in Beijing
    with clock.frozen(evening), translation.override("en"):
        assert display.distance_text(dt.date(2026, 9, 15)) == ("30 min left", False)
        assert display.distance_text(dt.date(2026, 9, 14))[1] is True
