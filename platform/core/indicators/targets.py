"""A target read: which way is better, what it comes to, and how it is written."""

from __future__ import annotations

from decimal import Decimal

from core.indicators import units
from core.indicators.arithmetic import exact, plain, tidy
from core.indicators.kinds import OPERATOR_DIRECTION, ChangeIn, Direction, Kind, Operator
from core.indicators.values import Spec

SIGNS = {Operator.GE: "≥", Operator.GT: ">", Operator.LE: "≤", Operator.LT: "<", Operator.EQ: "="}


def direction_of(spec: Spec) -> str:
    """Which way is better; follows from the operator, the change or the kind (N4)."""
    if spec.kind == Kind.THRESHOLD and spec.operator:
        return OPERATOR_DIRECTION[Operator(spec.operator)]
    if spec.kind == Kind.RANGE:
        return Direction.WITHIN
    if spec.kind == Kind.LEVEL:
        return Direction.LEVEL
    if spec.factor is not None:
        return Direction.HIGHER if spec.factor >= 1 else Direction.LOWER
    if spec.target is not None:
        return Direction.HIGHER if spec.target >= 0 else Direction.LOWER
    return spec.direction


def absolute_target(spec: Spec) -> Decimal | None:
    """The target as a value in the specification's unit: 200 Wh/kg and +30 % make 260 Wh/kg (R015)."""
    if spec.kind == Kind.THRESHOLD:
        return spec.target
    if spec.kind != Kind.RELATIVE or spec.baseline_value is None:
        return None
    base = units.convert(spec.baseline_value, spec.baseline_unit or spec.unit, spec.unit)
    if base is None:
        return None
    with exact():
        if spec.factor is not None:
            return tidy(base * spec.factor)
        if spec.target is None:
            return None
        if spec.change_in == ChangeIn.POINTS:
            points = units.convert(spec.target, "%", spec.unit)
            return None if points is None else tidy(base + points)
        return tidy(base + abs(base) * spec.target / 100)


def target_text(spec: Spec) -> str:
    """The target as written: ≤ 15 min, +30%, +10 pp, ×3 (“up 2 times”), 0.09–0.11 mm, L4."""
    unit = f" {spec.unit}" if spec.unit and spec.unit != "%" else spec.unit
    if spec.kind == Kind.THRESHOLD and spec.target is not None:
        return f"{SIGNS.get(Operator(spec.operator), '')} {plain(spec.target)}{unit}"
    if spec.kind == Kind.RANGE:
        low, high = (plain(end) if end is not None else "" for end in (spec.low, spec.high))
        return f"{low}–{high}{unit}" if low and high else (f"≥ {low}{unit}" if low else f"≤ {high}{unit}")
    if spec.kind == Kind.LEVEL:
        return spec.level
    if spec.factor is not None:
        words = f" ({spec.original_words})" if spec.original_words else ""
        return f"×{plain(spec.factor)}{words}"
    if spec.target is None:
        return ""
    sign = "+" if spec.target > 0 else ""
    return f"{sign}{plain(spec.target)}" + (" pp" if spec.change_in == ChangeIn.POINTS else "%")


def computed_text(spec: Spec) -> str:
    """What a relative target comes to: ≥ 260 Wh/kg, and a duration in years in months: ≤ 36 月 (N6); else empty."""
    target = absolute_target(spec)
    if target is None:
        return ""
    if spec.kind == Kind.THRESHOLD:
        months = units.convert(target, spec.unit, "月") if units.is_calendar(spec.unit) else None
        if months is None or months == target:
            return ""
        return f"{SIGNS[Operator(spec.operator)]} {plain(months)} 月"
    sign = "≥" if direction_of(spec) == Direction.HIGHER else "≤"
    return f"{sign} {plain(target)} {spec.unit}".strip()
