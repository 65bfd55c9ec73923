"""What a cell means: numbers, amounts, days, choices, as people in this world write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.files.sheets import Cell

_SCALES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3}
_AMOUNT = re.compile(rf"^(?P<number>[^亿千百万元]+?)(?P<scale>{'|'.join(_SCALES)})?(?P<unit>元整|元)?$")
_GROUPED = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?$")
_DAY = re.compile(
    r"^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]|(\d{2})(\d{2}))$"
)
_BETWEEN = re.compile(r"[,，、;；]")
_YES = {"是", "有", "对", "√", "yes", "y", "true", "1"}
_NO = {"否", "无", "不", "×", "no", "n", "false", "0"}


class Wrong(ValueError):  # noqa: N818 - says what is wrong, in words for its sender
    """What is wrong with a cell, in words."""


@dataclass(frozen=True)
class Noted:
    """A value that was written in words, with what it was taken for: shown for confirmation."""

    value: Any
    note: str


Reader = Callable[[Cell], Any]


def narrow(value: Cell) -> str:
    """The cell's text with full-width digits, letters and punctuation made narrow, and one kind of minus."""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    return re.sub("[\u2212\u2010-\u2013]", "-", text)


def text(limit: int) -> Reader:
    """Words as they are, at most so many characters."""

    def read(value: Cell) -> str:
        said = value.strip() if isinstance(value, str) else str(value)
        if len(said) > limit:
            raise Wrong(_("At most %(limit)d characters; this has %(count)d.") % {"limit": limit, "count": len(said)})
        return said

    return read


def number(value: Cell) -> Decimal:
    """An exact number; grouping commas must group by threes."""
    if isinstance(value, bool):
        raise Wrong(_("This is no number."))
    if isinstance(value, int | Decimal):
        return Decimal(value)
    said = narrow(value).replace(" ", "")
    if not _GROUPED.match(said) or not any(one.isdigit() for one in said):
        raise Wrong(_("“%s” is no number.") % str(value)[:40])
    try:
        return Decimal(said.replace(",", ""))
    except InvalidOperation:
        raise Wrong(_("“%s” is no number.") % str(value)[:40]) from None


def amount(value: Cell) -> Decimal | Noted:
    """Yuan, to the fen; 万 and 亿 are understood and shown for confirmation."""
    if not isinstance(value, str):
        return _to_the_fen(number(value))
    said = re.sub(r"^(¥|CNY|RMB|人民币)\s*", "", narrow(value).replace(" ", ""), flags=re.IGNORECASE)
    found = _AMOUNT.match(said)
    if found is None:
        raise Wrong(_("“%s” is no amount.") % value[:40])
    yuan = number(found["number"])
    if not found["scale"]:
        return _to_the_fen(yuan)
    yuan = _to_the_fen(yuan * _SCALES[found["scale"]])
    return Noted(yuan, _("“%(said)s” is taken for %(amount)s yuan") % {"said": value[:40], "amount": f"{yuan:,.2f}"})


def _to_the_fen(yuan: Decimal) -> Decimal:
    fen = yuan.quantize(Decimal("0.01")) if abs(yuan) < 10**16 else None
    if fen is None:
        raise Wrong(_("This amount is out of reach."))
    if fen != yuan:
        raise Wrong(_("An amount has at most two digits after the point."))
    return fen


def day(value: Cell) -> dt.date:
    """A calendar day: 2026-03-01, 2026/3/1, 2026.3.1, 20260301, 2026年3月1日, or a spreadsheet's own date."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    found = _DAY.match(narrow(value).replace(" ", ""))
    if found is None:
        raise Wrong(_("“%s” is no day; write it as 2026-03-01.") % str(value)[:40])
    year, month, last = [int(one) for one in found.groups() if one]
    try:
        return dt.date(year, month, last)
    except ValueError:
        raise Wrong(_("There is no such day: “%s”.") % str(value)[:40]) from None


def yes_no(value: Cell) -> bool:
    """是 or 否, yes or no."""
    if isinstance(value, bool):
        return value
    said = narrow(value).lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise Wrong(_("Write yes or no."))


def one_of(choices: Iterable[tuple[Any, Any]]) -> Reader:
    """One of the choices, by its code or by its name in either language."""
    listed = list(choices)

    def read(value: Cell) -> Any:
        said = narrow(value).casefold()
        for code, label in listed:
            names = {narrow(str(code)).casefold()}
            for language in ("zh-hans", "en"):
                with override(language):
                    names.add(narrow(str(label)).casefold())
            if said in names:
                return code
        raise Wrong(
            _("“%(said)s” is none of: %(choices)s.")
            % {"said": str(value)[:40], "choices": ", ".join(str(label) for _code, label in listed)}
        )

    return read


def list_of_words(value: Cell) -> list[str]:
    """Words separated by commas of either width, 、 or semicolons."""
    return [one.strip() for one in _BETWEEN.split(str(value)) if one.strip()]


def is_one_word(said: str) -> bool:
    """Whether a list that holds it reads it back as one."""
    return list_of_words(said) == [said]


def one_line_end(value: Any) -> Any:
    """Words with one kind of line end, and anything else as it is: browsers and spreadsheets differ in it."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
