"""The one comparison: a specification with a measurement (R015; N1 to N6).

Pure: dataclasses in, a verdict out; decimals throughout. Every room asks this engine and none compares by itself.
The value decides; an uncertainty that reaches across the target does not turn the verdict, it is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from core.indicators import units
from core.indicators.arithmetic import exact, plain, shown, signed, tidy
from core.indicators.kinds import Claim, Direction, Environment, Kind, Operator, Outcome
from core.indicators.targets import absolute_target, computed_text, direction_of, target_text
from core.indicators.validation import validate
from core.indicators.values import Spec, Value
from core.indicators.verdicts import Change, Summary, Verdict


def compare(spec: Spec, value: Value | None) -> Verdict:
    """The verdict of a value against a specification."""
    if value is None or value.is_empty:
        return Verdict(Outcome.NOT_MEASURED, target=absolute_target(spec), unit=spec.unit)
    warnings = _warnings(spec, value)
    if spec.kind == Kind.LEVEL:
        return _compare_level(spec, value, warnings)
    ends = _in_unit(spec, value)
    if ends is None:
        reason = _("%(unit)s cannot be compared with %(wanted)s") % {
            "unit": value.unit or _("no unit"), "wanted": spec.unit or _("no unit"),
        }  # fmt: skip
        return Verdict(
            Outcome.INCOMPARABLE, target=absolute_target(spec), unit=spec.unit, reason=reason, warnings=warnings
        )
    with exact():
        if spec.kind == Kind.RANGE:
            return _compare_range(spec, value, ends, warnings)
        return _compare_target(spec, value, ends, warnings)


def compare_all(pairs: Iterable[tuple[Spec, Value | None]]) -> Summary:
    """Verdicts of many, counted; `must_all_met` is what an acceptance asks."""
    judged = [(spec, compare(spec, value)) for spec, value in pairs]
    count = {outcome: sum(1 for _spec, one in judged if one.outcome == outcome) for outcome in Outcome.values}
    return Summary(
        met=count[Outcome.MET],
        missed=count[Outcome.MISSED],
        not_measured=count[Outcome.NOT_MEASURED],
        incomparable=count[Outcome.INCOMPARABLE],
        must_all_met=all(one.is_met for spec, one in judged if spec.is_must),
        verdicts=tuple(one for _spec, one in judged),
    )


def change(before: Decimal, after: Decimal, unit: str = "") -> Change:
    """The change from before to after; no percentage on a scale without a zero or from zero."""
    with exact():
        percent = tidy((after - before) / abs(before) * 100) if before != 0 and units.has_zero(unit) else None
        points = units.convert(after - before, unit, "%") if units.is_ratio(unit) else None
        return Change(before, after, unit, percent, tidy(points) if points is not None else None)


def scale_up_gap(lab: Value, pilot: Value, unit: str) -> Change | None:
    """What is lost or won between the laboratory and the pilot, in `unit`; None where one of the two cannot say."""
    first, second = (_middle(one, unit) for one in (lab, pilot))
    return change(first, second, unit) if first is not None and second is not None else None


def _middle(value: Value, unit: str) -> Decimal | None:
    number = value.value
    if number is None and value.low is not None and value.high is not None:
        number = (value.low + value.high) / 2
    return None if number is None or not number.is_finite() else units.convert(number, value.unit or unit, unit)


def _compare_target(spec: Spec, value: Value, ends: tuple[Decimal, Decimal], warnings: list[str]) -> Verdict:
    target = absolute_target(spec)
    if target is None:
        return Verdict(Outcome.INCOMPARABLE, unit=spec.unit, reason=_("the target has no value"), warnings=warnings)
    operator = spec.operator if spec.kind == Kind.THRESHOLD else (
        Operator.GE if direction_of(spec) == Direction.HIGHER else Operator.LE
    )  # fmt: skip
    low, high = ends
    # The end of the spread that decides is the one on the worse side.
    worst = low if operator in (Operator.GE, Operator.GT) else high
    if operator == Operator.EQ:
        worst = low if abs(low - target) >= abs(high - target) else high
    met = {
        Operator.GE: worst >= target,
        Operator.GT: worst > target,
        Operator.LE: worst <= target,
        Operator.LT: worst < target,
        Operator.EQ: worst == target,
    }[Operator(operator)]
    gap = Decimal(0) if met else abs(worst - target)
    return _verdict(spec, value, met=met, target=target, worst=worst, gap=gap, against=target, warnings=warnings)


def _compare_range(spec: Spec, value: Value, ends: tuple[Decimal, Decimal], warnings: list[str]) -> Verdict:
    low, high = ends
    below = spec.low - low if spec.low is not None and low < spec.low else Decimal(0)
    above = high - spec.high if spec.high is not None and high > spec.high else Decimal(0)
    gap = max(below, above)
    # The end that decides is the one passed; inside the range, the one that lies nearer.
    rooms = [
        (low - spec.low if spec.low is not None else None, spec.low, low),
        (spec.high - high if spec.high is not None else None, spec.high, high),
    ]
    _room, edge, worst = min((one for one in rooms if one[0] is not None), key=lambda one: one[0] or Decimal(0))
    return _verdict(spec, value, met=gap == 0, target=None, worst=worst, gap=gap, against=edge, warnings=warnings)


def _verdict(
    spec: Spec, value: Value, *, met: bool, target: Decimal | None, worst: Decimal, gap: Decimal, against: Decimal | None,
    warnings: list[str],
) -> Verdict:  # fmt: skip
    percent = points = None
    if not met:
        if units.is_ratio(spec.unit):
            points = units.convert(gap, spec.unit, "%")
        elif against and units.has_zero(spec.unit):
            percent = tidy(gap / abs(against) * 100)
    margin = abs(worst - against) if against is not None else None
    spread = (
        units.convert_distance(value.uncertainty, value.unit or spec.unit, spec.unit) if value.uncertainty else None
    )
    return Verdict(
        outcome=Outcome.MET if met else Outcome.MISSED,
        target=target,
        value=worst,
        gap=tidy(gap),
        gap_percent=percent,
        gap_points=tidy(points) if points is not None else None,
        is_over=not met and against is not None and worst > against,
        is_exact=against is not None and worst == against and target is not None,
        within_uncertainty=bool(spread and margin is not None and margin <= spread),
        unit=spec.unit,
        warnings=warnings,
    )


def _compare_level(spec: Spec, value: Value, warnings: list[str]) -> Verdict:
    scale = list(spec.level_scale)
    if value.level not in scale or spec.level not in scale:
        reason = _("“%(level)s” is not on the scale %(scale)s") % {"level": value.level, "scale": ", ".join(scale)}
        return Verdict(Outcome.INCOMPARABLE, reason=reason, warnings=warnings)
    short = scale.index(spec.level) - scale.index(value.level)
    outcome = Outcome.MET if short <= 0 else Outcome.MISSED
    return Verdict(outcome, levels_short=max(0, short), is_exact=short == 0, warnings=warnings)


def _in_unit(spec: Spec, value: Value) -> tuple[Decimal, Decimal] | None:
    """Lower and upper end of the value in the specification's unit; None when the units cannot be compared."""
    unit = value.unit or spec.unit
    low = value.low if value.low is not None else value.value if value.value is not None else value.high
    high = value.high if value.high is not None else value.value if value.value is not None else value.low
    if low is None or high is None or not (low.is_finite() and high.is_finite()):
        return None
    first, last = units.convert(low, unit, spec.unit), units.convert(high, unit, spec.unit)
    return (first, last) if first is not None and last is not None else None


def _warnings(spec: Spec, value: Value) -> list[str]:
    told = []
    if spec.needs_sample and not value.sample_size:
        told.append(_("A survey result needs its sample size."))
    if value.claim != Claim.VERIFIED:
        told.append(_("Self-declared, not verified."))
    return told


__all__ = [
    "Change", "Environment", "Spec", "Summary", "Value", "Verdict", "absolute_target", "change", "compare", "compare_all",
    "computed_text", "direction_of", "plain", "scale_up_gap", "shown", "signed", "target_text", "validate",
]  # fmt: skip
