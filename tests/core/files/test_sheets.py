"""Rows that come in and go out: encodings, separators, what cells mean, and formulas that never run."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.errors import Invalid
from core.files import sheets, values
from core.files.cells import CONTROL, plain_text, safe_text
from core.files.values import Noted
from core.web.tables.files import rows_response

DAY = dt.datetime(2026, 3, 1)  # noqa: DTZ001 - a spreadsheet knows no zone
TEXT = "名称,数值\r\n电池,１２\r\n"


def read(content: bytes, extension: str = "csv") -> sheets.Sheet:
    with translation.override("en"):
        return sheets.read(io.BytesIO(content), extension=extension)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT.encode(), "UTF-8, separated by commas"),
        (TEXT.encode("utf-8-sig"), "UTF-8, separated by commas"),
        (TEXT.encode("utf-16"), "UTF-16, separated by commas"),
        (TEXT.encode("gbk"), "GBK/GB18030, separated by commas"),
        (TEXT.replace(",", ";").encode("gb18030"), "GBK/GB18030, separated by semicolons"),
        (TEXT.replace(",", "\t").encode("utf-16-le").join([b"\xff\xfe", b""]), "UTF-16, separated by tabs"),
    ],
)
def test_every_encoding_and_separator_gives_the_same_rows_and_says_how_it_was_read(content: bytes, said: str) -> None:
    sheet = read(content)
    assert (sheet.header, sheet.rows) == (["名称", "数值"], [(2, ["电池", "１２"])])
    assert said in sheet.how


def test_a_quoted_cell_may_hold_separators_and_lines_and_empty_rows_keep_the_numbers_right() -> None:
    sheet = read(b'a,b\r\n"x;1\n2",y\r\n,\r\n\r\nz,\r\n')
    assert sheet.rows == [(2, ["x;1\n2", "y"]), (5, ["z"])]


def test_a_workbook_gives_numbers_days_and_truths_exactly() -> None:
    book = Workbook()
    book.active.append(["a", "b", "c", "d", "e"])
    book.active.append([0.1, 3, DAY, True, "'=1+1"])
    out = io.BytesIO()
    book.save(out)
    row = read(out.getvalue(), "xlsx").rows[0]
    assert row == (2, [Decimal("0.1"), 3, DAY, True, "=1+1"])


@pytest.mark.parametrize(
    "content", [b"", b"\r\n,,\r\n", b"\x81\xff\xff\xfe\x80", b'a,"b\r\n', b"a\r\n" + b"1\r\n" * 2001]
)
def test_what_cannot_be_read_is_refused_beside_the_field(content: bytes) -> None:
    with pytest.raises(Invalid) as told:
        read(content)
    assert list(told.value.fields) == ["file"]


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (values.number, "１，２３４．５", Decimal("1234.5")),
        (values.number, "−25", Decimal(-25)),
        (values.number, "－２５", Decimal(-25)),
        (values.number, Decimal("0.1"), Decimal("0.1")),
        (values.number, "1,234,567", Decimal(1234567)),
        (values.amount, "￥１，０００．５０", Decimal("1000.50")),
        (values.amount, "1000元", Decimal(1000)),
        (values.amount, 300, Decimal(300)),
        (values.day, "2026年3月1日", dt.date(2026, 3, 1)),
        (values.day, "２０２６／３／１", dt.date(2026, 3, 1)),
        (values.day, "2026-03-01", dt.date(2026, 3, 1)),
        (values.day, "2026.3.1", dt.date(2026, 3, 1)),
        (values.day, "20260301", dt.date(2026, 3, 1)),
        (values.day, DAY.replace(hour=9), dt.date(2026, 3, 1)),
        (values.yes_no, "是", True),
        (values.yes_no, "Ｎｏ", False),
        (values.yes_no, True, True),
        (values.one_of([("ge", "≥"), ("rd", "R&D")]), "ｒ＆ｄ", "rd"),
        (values.list_of_words, "L0，L1、L2", ["L0", "L1", "L2"]),
    ],
)
def test_cells_mean_what_people_write(reader: values.Reader, cell: Any, value: Any) -> None:
    assert reader(cell) == value


@pytest.mark.parametrize(
    ("said", "yuan"), [("300万", 3_000_000), ("1.5亿元", 150_000_000), ("３００万元", 3_000_000), ("2千万", 20_000_000), ("5百万", 5_000_000)]
)  # fmt: skip
def test_wan_and_yi_are_understood_in_amounts_and_shown_for_confirmation(said: str, yuan: int) -> None:
    read = values.amount(said)
    assert isinstance(read, Noted)
    assert read.value == yuan
    assert f"{yuan:,}" in read.note
    with pytest.raises(values.Wrong):
        values.number(said)


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (values.number, "1,23"), (values.number, "NaN"), (values.number, "1e5"), (values.number, "十二"), (values.number, True),
        (values.number, ","), (values.amount, "1.005"), (values.amount, "很多"), (values.amount, "万"), (values.amount, "1" * 30),
        (values.day, "2026-02-30"), (values.day, "1/3/2026"), (values.day, "明天"), (values.yes_no, "maybe"),
        (values.text(3), "abcd"), (values.one_of([("a", "A")]), "b"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_in_words(reader: values.Reader, cell: Any) -> None:
    with pytest.raises(values.Wrong) as told:
        reader(cell)
    assert str(told.value)


FIRST = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "|", "＝", "＋", "－", "＠", "'", " ", "\n", "a", ""])
NASTY = st.builds(lambda first, rest: first + rest, FIRST, st.text(max_size=30))


def made(*what: Any) -> Any:
    """The file, asked for as often as one likes."""
    with override_settings(API_RATES={}):
        return rows_response(RequestFactory().get("/"), *what)


def rows_back(answer: Any) -> list[list[str]]:
    assert isinstance(answer, HttpResponse)
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@given(
    st.lists(NASTY, min_size=1, max_size=5),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20),
)
def test_no_cell_of_a_csv_is_a_formula_and_every_text_and_number_comes_back(texts: list[str], amount: Decimal) -> None:
    answer = made("list", ["a"] * len(texts) + ["n"], [[*texts, amount]], "csv")
    _head, row = rows_back(answer)
    for sent, cell in zip(texts, row, strict=False):
        assert cell[:1] not in tuple("=@\t\r|＝＋－＠")
        assert cell[:1] not in tuple("+-") or Decimal(cell.rstrip("%")).is_finite()
        assert plain_text(cell) == CONTROL.sub("", sent)
    assert Decimal(row[-1]) == amount


@given(NASTY)
def test_what_a_file_guards_is_read_back_as_it_was(sent: str) -> None:
    # Control characters that no sheet can hold are gone; everything else is the same.
    assert plain_text(safe_text(sent)) == CONTROL.sub("", sent)


@settings(max_examples=30)
@given(st.lists(NASTY, min_size=1, max_size=4))
def test_no_cell_of_a_workbook_is_a_formula(texts: list[str]) -> None:
    answer = made("list", ["a"] * len(texts), [texts], "xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    for cell in sheet[2]:
        assert cell.data_type in ("s", "n", "inlineStr")
        assert cell.value is None or isinstance(cell.value, str)


def test_negative_numbers_days_and_long_numbers_are_exact_in_both_files() -> None:
    row = [
        Decimal("-12.50"),
        -3,
        dt.date(2026, 3, 1),
        Decimal("1234567890123456.78"),
        dt.datetime(2026, 3, 1, 1, tzinfo=dt.UTC),
    ]
    answer = made("list", list("abcde"), [row], "csv")
    assert rows_back(answer)[1] == ["-12.50", "-3", "2026-03-01", "1234567890123456.78", "2026-03-01 09:00:00"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.endswith(b"\r\n")
    sheet = load_workbook(io.BytesIO(made("list", list("abcde"), [row], "xlsx").content)).active
    first, second, third, fourth, _fifth = sheet[2]
    assert (first.value, first.data_type, second.value) == (-12.5, "n", -3)
    assert third.value == DAY
    assert (fourth.value, fourth.data_type) == ("1234567890123456.78", "s")


def test_a_large_file_is_sent_from_the_disk() -> None:
    answer = made("list", ["a"], ([f"{n:0100}"] for n in range(20_000)), "csv")
    assert answer.streaming
    assert int(answer.headers["Content-Length"]) == len(b"".join(answer.streaming_content)) > 2_000_000
