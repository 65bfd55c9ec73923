"""A number with its meaning as a row: kind, operator, value, baseline, and the gaps that follow from them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from core.indicators import units
from core.indicators.kinds import OPERATOR_DIRECTION, Direction, Kind, Operator
from core.indicators.reading import phrases as p
from core.indicators.reading.found import Found
from core.indicators.reading.meaning import Meaning
from core.indicators.reading.names import tidy_name
from core.indicators.reading.quantities import Quantity, quantities

_SHARES = {"fold", "%", "‰", "ppm", "倍", "times", "个百分点", "pp", "percentage points"}


def row_of(name: str, one: Quantity, how: Meaning, text: str, words: str, must: bool | None) -> Found:
    """The number under its name, as threshold, range or change."""
    row = Found(name=name, unit=one.unit, words=words, must=must, fraction=one.fraction)
    if how.is_about:
        row.lacks("approximate")
    if one.change_by:
        row.kind, row.value, row.direction = (
            Kind.RELATIVE,
            one.low,
            Direction.HIGHER if one.change_by == "up" else Direction.LOWER,
        )
        row.is_multiple = row.is_to_multiple = one.unit == "倍"
        return row
    change = how.change
    if change and one.fraction and not one.unit:  # 减少1/3
        one = replace(one, low=(one.low * 100).quantize(Decimal("0.01")), unit="%", fraction="")
        row.unit, row.fraction = "%", ""
    if (change and not (change["to"] if "to" in change.re.groupindex else None) and _to_behind(text, change, one)) or (
        change and "to" in change.re.groupindex and change["to"] and one.unit != "倍" and not change["of"]
    ):
        row.operator = how.operator or (Operator.GE if change["up"] else Operator.LE)
        change = None
    if change and how.operator in (Operator.LE, Operator.LT) and not change[0].isascii():
        # 活性下降不超过10%: the fall itself is limited
        row.name, change = f"{name}{change['up'] or change['down']}", None
    if change and not (how.is_factor or one.unit in _SHARES or one.unit.startswith("%")):
        # 自重减轻不少于200kg: the change itself is what is measured
        up = bool(change["up"])
        word = (
            " increase"
            if up and change[0].isascii()
            else " reduction"
            if change[0].isascii()
            else change["up"] or change["down"]
        )
        row.name, change = f"{name}{word}", None
    if change:
        _change(row, one, change, how.is_factor)
        return row
    if one.is_range:
        row.kind, row.low, row.high, row.direction = Kind.RANGE, one.low, one.high, Direction.WITHIN
        return row
    row.value = one.low
    row.operator = row.operator or how.operator
    if how.of_whole:
        row.conditions.append(how.of_whole)
    if how.is_better:
        row.operator = _better(name, one)
        if not row.operator:
            row.lacks("better_reading")
    elif how.reaches and not row.operator:
        small = p.SMALL.search(name) or (p.FINE.search(name) and one.unit != "%")
        row.operator = "" if small else Operator.GE
    return row


def _to_behind(text: str, change: re.Match[str], one: Quantity) -> bool:
    """“cut start-up time from 45 s to under 30 s”: the number behind “to” is where it ends."""
    return bool(
        re.search(
            r"(?:\bto|至|到|为)\s*(?:under|below|above|over|at least|at most|less than|more than|about|约|不超过|不低于|"
            r"不高于|少于|低于|高于)?\s*$",
            text[: one.start],
        )
    )


def _change(row: Found, one: Quantity, change: re.Match[str], is_factor: bool) -> None:
    row.kind, row.operator = Kind.RELATIVE, ""
    row.direction = Direction.HIGHER if change["up"] else Direction.LOWER
    row.value = one.low if not one.is_range else None
    row.low, row.high = (one.low, one.high) if one.is_range else (None, None)
    if one.is_range:
        row.lacks("change_range")
    row.is_points = one.unit in ("个百分点", "pp", "percentage points")
    groups = change.re.groupindex
    if one.unit in ("倍", "times", "fold") or is_factor:
        row.unit = "倍"
        is_factor = is_factor or (one.unit == "fold" and row.direction == Direction.HIGHER)
        row.is_multiple = True
        row.is_to_multiple = is_factor or bool(("to" in groups and change["to"]) or ("of" in groups and change["of"]))
        if not row.is_to_multiple:
            row.lacks(p.MULTIPLE_READING)


def _better(name: str, one: Quantity) -> str:
    if p.SMALL.search(name):
        return Operator.LE
    if p.FINE.search(name):
        if one.unit == "%":
            return Operator.GE if abs(one.low) >= 50 else Operator.LE
        return Operator.LE
    return Operator.GE if p.LARGE.search(name) else ""


def set_baseline(row: Found, one: Quantity, around: str) -> None:
    row.baseline, row.baseline_high, row.baseline_unit = (
        one.low,
        one.high,
        one.unit or (row.unit if row.kind != Kind.RELATIVE else ""),
    )
    if one.is_range:
        row.lacks("baseline_range")
    if re.search(r"约|左右|上下|about|approx|around", around, re.IGNORECASE):
        row.lacks("baseline_approximate")


def complete(row: Found) -> None:
    """Directions and gaps that follow from what was read."""
    if row.kind == Kind.RELATIVE:
        if row.is_to_multiple and row.baseline is not None and row.value is not None and row.baseline_high is None:
            row.kind, row.value, row.unit = Kind.THRESHOLD, row.baseline * row.value, row.baseline_unit
            row.operator = Operator.GE if row.direction == Direction.HIGHER else Operator.LE
        elif row.baseline is None:
            row.lacks("baseline")
    if row.kind == Kind.THRESHOLD and not row.direction:
        if row.operator:
            row.direction = OPERATOR_DIRECTION[Operator(row.operator)]
        elif row.baseline is not None and row.value is not None and row.value != row.baseline:
            row.direction = Direction.HIGHER if row.value > row.baseline else Direction.LOWER
    if row.kind == Kind.THRESHOLD and not row.operator and "better_reading" not in row.gaps:
        row.lacks("operator")
    if p.SAMPLE.search(row.name):
        row.lacks("sample_size")
    if p.DEFINITION.search(row.name):
        row.lacks("definition")


def comparable_units(unit: str, row: Found) -> bool:
    return row.kind == Kind.RELATIVE or units.clean(unit) == units.clean(row.unit) or units.comparable(unit, row.unit)


def stated_in(text: str) -> Found | None:
    """“目前能量密度为240 Wh/kg”: a baseline that waits for its target."""
    numbers = quantities(text)
    if (
        len(numbers) != 1
        or p.CHANGE.search(text)
        or not re.search(
            r"目前|现有|当前|现阶段|现状|基线|baseline|\bcurrent|\btoday", text[: numbers[0].start], re.IGNORECASE
        )
    ):
        return None
    one = numbers[0]
    if any(
        pattern.search(text[: one.start].rstrip()) for pattern, _operator, soft in p.BEFORE if not soft
    ) or re.search(r"(?:较|比|相比|优于|在)(?:现有|目前|当前)|compared", text):
        return None
    return fact_of(text, one)


def fact_of(text: str, one: Quantity) -> Found:
    """What a clause says of today: the thing and its value."""
    name = re.sub(
        r"目前|现有的?|当前|现阶段|现状|基线|baseline|currently|current|today|at present",
        "",
        text[: one.start],
        flags=re.IGNORECASE,
    )
    name = re.sub(r"^\s*(?:我[公]?司)?现?(?:生产线|工艺|装置|产品|设备|行|用)?的?", "", name)
    name = re.sub(r"(?:仅为?|只有|约|大约|为|是|在|is|of|at|about)*\s*$", "", name.strip(), flags=re.IGNORECASE)
    fact = Found(name=tidy_name(name), value=one.low, high=one.high, unit=one.unit, words=f"{text.strip()}")
    if p.ABOUT.search(text[: one.start]) or re.match(r"\s?(?:左右|上下)", text[one.end :]):
        fact.lacks("approximate")
    return fact
