"""Numbers with their units in a text: 1,200 mm, 8万小时, ±0.02 mm, 3.0~4.5 MPa, 三成, 1/30, 1×10^6次."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from core.indicators import units
from core.indicators.reading import phrases as p
from core.indicators.reading.numerals import COUNTED, ENGLISH, ENGLISH_NUMBER, PART, SAID_CHANGE, numeral, parts
from core.indicators.reading.unit_words import DIVISOR, unit_at


@dataclass(frozen=True)
class Quantity:
    """A number or a range in a text, from `start` to `end`."""

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    unit: str = ""
    is_plus_minus: bool = False
    fraction: str = ""
    change_by: str = ""  # up or down, where the word for the number says it: 翻一番, halved
    is_size: bool = False  # 500×500×400 mm: several numbers that are one thing

    @property
    def is_range(self) -> bool:
        return self.high is not None


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_POWER = (
    r"(?:(?<=\b10)\^(?P<bare>[-+]?\d+)|(?<=\b10)(?P<high>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?<=\b10)\s?的\s?(?P<said>-?\d+)\s?次方|\s*[×x*]\s*10(?:\s*\^\s*(?P<caret>[-+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))|"
    r"[eE](?P<exp>[-+]?\d+)(?![A-Za-z]))?"
)
_ARABIC = re.compile(
    rf"(?<![\d.])(?<![\d],)(?:(?<![A-Za-z])|(?<=HRC)|(?<=HRB)|(?<=HRA)|(?<=HBW)|(?<=HV)|(?<=pH)|(?<=PH))(?<![A-Za-z][-_+])(?P<sign>(?<![0-9A-Za-z%℃°)²³])[-+])?(?P<digits>{_DIGITS}){_POWER}"
    r"(?P<over>\s?/\s?\d+(?![\d./]))?"
)

_MULTIPLES = {
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "千": Decimal(1000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "万亿": Decimal(10) ** 12,
    "thousand": Decimal(1000),
    "million": Decimal(1_000_000),
    "billion": Decimal(10) ** 9,
}
_MULTIPLE = re.compile(
    r"\s?(万亿|千万|百万|万|亿|千|million\b|thousand\b|billion\b)(?!元|瓦|米|克|卡|帕|伏|赫|字节|分之|焦)"
)
_PREFIX = re.compile(r"(?:[$¥€£]|RMB|CNY|USD|US\$|EUR)\s?$")
_SIZE = re.compile(
    rf"(?<![\d.]){_DIGITS}\s?(?:[a-zμ°]{{1,2}}\s?)?(?:[×x*]\s?(?!10\s?(?:\^|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])){_DIGITS}\s?(?:[a-zμ]{{1,2}}(?=\s?[×x*])\s?)?)+(?![\d.^])"
)
_JOIN = re.compile(r"\s?(?:~|-|至|到|to|and)\s?")


def quantities(text: str) -> list[Quantity]:
    """All of them in order; ranges are one quantity. The text is folded and hidden already."""
    found = _numbers(text)
    found.sort(key=lambda one: (one.start, -one.end))  # the longer of two that begin alike
    kept: list[Quantity] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return _ranges(text, kept)


def _numbers(text: str) -> list[Quantity]:
    found = []
    for match in _ARABIC.finditer(text):
        one = _arabic(text, match)
        if one is not None:
            found.append(one)
    for match in PART.finditer(text):
        found.append(_part(match))
    for match in COUNTED.finditer(text):
        found.append(_with_unit(text, Quantity(match.start(), match.end(), Decimal(numeral(match["n"])))))
    for match in SAID_CHANGE.finditer(text):
        found.append(_said(match))
    for match in _SIZE.finditer(text):
        found.append(_with_unit(text, Quantity(match.start(), match.end(), Decimal(0), is_size=True)))
    for match in ENGLISH_NUMBER.finditer(text):
        value = ENGLISH[match[1].lower()]
        if value < 1:
            percent = (
                (value * 100).quantize(Decimal("0.01"))
                if value * 100 != int(value * 100)
                else Decimal(int(value * 100))
            )
            found.append(Quantity(match.start(1), match.end(), percent, unit="%"))
        else:
            found.append(_with_unit(text, Quantity(match.start(1), match.end(), value)))
    return found


def _arabic(text: str, match: re.Match[str]) -> Quantity | None:
    digits, start, end = match["digits"], match.start(), match.end()
    try:
        value = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
    power = match["caret"] or match["exp"] or _plain(match["raised"] or "")
    of_ten = match["bare"] or match["said"] or _plain(match["high"] or "")
    if power or of_ten:
        if abs(int(power or of_ten)) > 18:
            return None
        value = value.scaleb(int(power)) if power else Decimal(1).scaleb(int(of_ten))
    if match["sign"] == "-":
        value = -value
    fraction = ""
    if match["over"]:
        below = Decimal(re.sub(r"\D", "", match["over"]))
        if not below or power:
            return None
        fraction, value = f"{digits}/{below}", value / below
    scale = re.search(r"(?<![A-Za-z])(?:HRC|HRB|HRA|HBW|HV)\s?$", text[:start])
    plus_minus = re.search(r"(?:±|\+/-|\+-)\s?$", text[:start])
    before = _PREFIX.search(text[: plus_minus.start() if plus_minus else start])
    one = _with_unit(text, Quantity(plus_minus.start() if plus_minus else start, end, value, fraction=fraction))
    if plus_minus:
        one = replace(one, low=-abs(value), high=abs(value), is_plus_minus=True)
    if scale and not one.unit and not plus_minus:
        one = replace(one, start=scale.start(), unit=scale[0].strip())
    if before and not one.unit and (per := re.compile(rf"\s?/\s?{DIVISOR}").match(text, one.end)):
        one = replace(one, end=per.end(), unit=per[0].replace(" ", ""))
    if before:
        money = "元" if before[0].strip() in ("¥", "RMB", "CNY") and one.unit else before[0].strip()
        one = replace(
            one,
            start=before.start(),
            unit=money + one.unit if one.unit.startswith(("/", "万", "亿")) or not one.unit else f"{money} {one.unit}",
        )
    return one


def _part(match: re.Match[str]) -> Quantity:
    """三成, 三分之一, 百分之五, 一半, 三倍."""
    if match["orders"]:
        steps = int(match["orders"]) if match["orders"].isdigit() else numeral(match["orders"])
        return Quantity(match.start(), match.end(), Decimal(10) ** steps, unit="倍")
    if match["times"]:
        return Quantity(match.start(), match.end(), Decimal(numeral(match["times"])), unit="倍")
    if match["halved"]:
        return Quantity(match.start(), match.end(), Decimal(50), unit="%")
    if match["tenths"]:
        value = Decimal(numeral(match["tenths"]) * 10 + (5 if match["half"] else 0))
        return Quantity(match.start(), match.end(), value, unit="%")
    above = match["num"]
    over = Decimal(above) if above[0].isdigit() else Decimal(numeral(above))
    share = over * 100 / parts(match["den"])
    rounded = share.quantize(Decimal("0.01"))
    exact = share == share.to_integral_value() or share == rounded
    return Quantity(match.start(), match.end(), share.normalize() if exact else rounded, unit="%")


def _said(match: re.Match[str]) -> Quantity:
    """翻一番 and doubled are to twice, 减半 and halved by half."""
    if match["half"] or match["halved"]:
        return Quantity(match.start(), match.end(), Decimal(50), unit="%", change_by="down")
    times = (
        2 ** numeral(match["folds"] or "一") if match["fan"] else {"d": 2, "t": 3, "q": 4}[match["twice"][0].lower()]
    )
    return Quantity(match.start(), match.end(), Decimal(times), unit="倍", change_by="up")


def _plain(raised: str) -> str:
    return raised.translate(str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789"))


def _with_unit(text: str, one: Quantity) -> Quantity:
    """The quantity with 万 and 亿 multiplied out, except in money, and its unit."""
    value, end = one.low, one.end
    scale = _MULTIPLE.match(text, end)
    if scale:
        value, end = _whole(value * _MULTIPLES[scale[1]]), scale.end()
    if one.fraction:  # 1/30个3dB波束宽度: the whole noun is the unit
        noun = re.compile(r"\s?个([^,，。;；、()]{2,20})").match(text, end)
        if noun:
            return replace(one, low=value, end=noun.end(), unit=noun[1].strip())
    unit, end = unit_at(text, end)
    return replace(one, low=value, end=end, unit=unit)


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _is_change(before: str) -> bool:
    """“raised from 450 to 900”: a start and an end, no range."""
    return bool(re.search(r"(?:\bfrom|由|从|自)\s*$", before, re.IGNORECASE) and p.CHANGE.search(before))


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Neighbours that a sign or a word joins become one range; C ± T as well."""
    merged: list[Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        if last is not None and not last.is_range and not (last.is_size or one.is_size):
            between = text[last.end : one.start]
            if one.is_plus_minus and not between.strip() and not last.is_range and one.high is not None:
                unit = one.unit or last.unit
                if one.unit == "%" and last.unit not in ("", "%"):  # 220 V ± 10 %: the spread is a share of the value
                    spread = abs(last.low) * one.high / 100
                    merged[-1] = Quantity(
                        last.start, one.end, last.low - spread, last.low + spread, last.unit, is_plus_minus=True
                    )
                    continue
                if last.unit in ("", one.unit):
                    merged[-1] = Quantity(
                        last.start, one.end, last.low - one.high, last.low + one.high, unit, is_plus_minus=True
                    )
                    continue
            joined = _JOIN.fullmatch(between) if between else None
            same = (
                last.unit in ("", one.unit)
                or (one.unit == "" and last.unit.startswith(("HR", "HV", "HBW")))
                or units.clean(last.unit) == units.clean(one.unit)
            )
            if joined and same and not one.is_range and not one.is_plus_minus:
                sign = between.strip()
                low, high = last.low, one.low
                if sign == "-" and not last.unit and one.low < 0:
                    high = -high
                if sign == "and" and not re.search(r"\bbetween\s*$", text[: last.start]):
                    merged.append(one)
                    continue
                if sign in ("to", "到", "至") and _is_change(text[: last.start]):
                    merged[-1] = last if last.unit else replace(last, unit=one.unit)
                    merged.append(one)
                    continue
                if low <= high and not (last.fraction or one.fraction):
                    merged[-1] = Quantity(last.start, one.end, low, high, one.unit or last.unit)
                    continue
        merged.append(one)
    return merged
