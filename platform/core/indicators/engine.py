"""The one comparison: a specification with a measurement (R015; N1 to N6).

Pure: dataclasses in, a verdict out; decimals throughout. Every room asks this engine and none compares by itself.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.indicators import units
from core.indicators.kinds import OPERATOR_DIRECTION, Claim, Direction, Environment, Kind, Operator, Outcome

PRECISION = 40
SIGNS = {Operator.GE: "≥", Operator.GT: ">", Operator.LE: "≤", Operator.LT: "<", Operator.EQ: "="}


@dataclass(frozen=True)
class Spec:
    """A target: threshold, range, level, or a change against a baseline (in percent, or as a chosen factor)."""

    kind: str
    name: str = ""
    unit: str = ""
    operator: str = ""
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: str = ""
    level_scale: Sequence[str] = ()
    direction: str = ""
    baseline_value: Decimal | None = None
    baseline_unit: str = ""
    baseline_period: str = ""
    baseline_source: str = ""
    baseline_claim: str = ""
    factor: Decimal | None = None
    original_words: str = ""
    method: str = ""
    is_must: bool = True
    needs_sample: bool = False


@dataclass(frozen=True)
class Value:
    """What was measured, or is promised. `low` and `high` give a promised or measured spread instead of one value."""

    value: Decimal | None = None
    unit: str = ""
    level: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    uncertainty: Decimal | None = None
    environment: str = ""
    measured_on: dt.date | None = None
    source: str = ""
    sample_size: int | None = None
    claim: str = Claim.SELF_DECLARED
    is_not_measured: bool = False

    @property
    def is_empty(self) -> bool:
        return self.is_not_measured or (
            self.value is None and not self.level and self.low is None and self.high is None
        )


@dataclass(frozen=True)
class Verdict:
    """What the comparison came to, with its distance in the specification's own unit.

    `gap` is how far the value lies outside the target (0 when met), `gap_percent` the same against the target where the
    scale has a zero, `gap_points` where values are percentages themselves; never both (N2).
    """

    outcome: str
    target: Decimal | None = None
    value: Decimal | None = None
    gap: Decimal = Decimal(0)
    gap_percent: Decimal | None = None
    gap_points: Decimal | None = None
    levels_short: int = 0
    is_exact: bool = False
    within_uncertainty: bool = False
    unit: str = ""
    reason: str = ""
    warnings: Sequence[str] = ()

    @property
    def is_met(self) -> bool:
        return self.outcome == Outcome.MET

    @property
    def text(self) -> str:
        """The verdict in words, with its distance: short by 1.9 %, short by 3.8 pp, exactly reached."""
        if self.outcome == Outcome.NOT_MEASURED:
            return _("not measured")
        if self.outcome == Outcome.INCOMPARABLE:
            return self.reason or _("cannot be compared")
        if self.outcome == Outcome.MET:
            return _("exactly reached") if self.is_exact else _("met")
        if self.levels_short:
            return _("%(count)d level(s) short") % {"count": self.levels_short}
        if self.is_exact:
            return _("equal, but it must be passed")
        if self.gap_points is not None:
            return _("short by %(gap)s pp") % {"gap": shown(self.gap_points)}
        if self.gap_percent is not None:
            return _("short by %(gap)s%%") % {"gap": shown(self.gap_percent)}
        return _("short by %(gap)s %(unit)s") % {"gap": plain(self.gap), "unit": self.unit}


@dataclass(frozen=True)
class Change:
    """A before and an after: relative change in percent, and points where the values are percentages (N2)."""

    before: Decimal
    after: Decimal
    unit: str
    percent: Decimal | None
    points: Decimal | None

    @property
    def text(self) -> str:
        """Both readings, never mixed: −25% (−1 pp)."""
        parts = []
        if self.percent is not None:
            parts.append(f"{signed(self.percent)}%")
        if self.points is not None:
            points = f"{signed(self.points)} pp"
            parts.append(f"({points})" if parts else points)
        if not parts:
            parts.append(f"{signed(self.after - self.before)} {self.unit}".strip())
        return " ".join(parts)


@dataclass(frozen=True)
class Summary:
    """Many verdicts counted."""

    met: int = 0
    missed: int = 0
    not_measured: int = 0
    incomparable: int = 0
    must_all_met: bool = True
    verdicts: Sequence[Verdict] = field(default_factory=tuple)


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
    with decimal.localcontext() as context:
        context.prec = PRECISION
        if spec.factor is not None:
            return _tidy(base * spec.factor)
        return _tidy(base + abs(base) * spec.target / 100) if spec.target is not None else None


def validate(spec: Spec) -> None:
    """Nothing, or Invalid with every field that keeps the target from being measurable."""
    wrong: dict[str, list[str]] = {}

    def tell(name: str, sentence: str) -> None:
        wrong.setdefault(name, []).append(sentence)

    if not spec.name.strip():
        tell("name", _("Give the indicator a name."))
    if spec.kind not in Kind.values:
        tell("kind", _("Choose how the target is written."))
    if spec.kind == Kind.THRESHOLD:
        if spec.operator not in Operator.values:
            tell("operator", _("Choose ≥, >, ≤, < or =."))
        if spec.target is None:
            tell("target", _("Give the target value."))
    if spec.kind == Kind.RANGE:
        if spec.low is None and spec.high is None:
            tell("low", _("Give at least one end of the range."))
        if spec.low is not None and spec.high is not None and spec.low > spec.high:
            tell("high", _("The upper end lies below the lower end."))
    if spec.kind == Kind.LEVEL:
        if len(spec.level_scale) < 2 or len(set(spec.level_scale)) != len(spec.level_scale):
            tell("level_scale", _("Give the levels from lowest to highest, each once."))
        elif spec.level not in spec.level_scale:
            tell("level", _("The level is not on the scale."))
    if spec.kind == Kind.RELATIVE:
        _validate_relative(spec, tell)
    elif not spec.unit.strip() and spec.kind in (Kind.THRESHOLD, Kind.RANGE):
        tell("unit", _("Give a unit; for a count, what is counted."))
    for name in ("target", "low", "high", "baseline_value", "factor"):
        number = getattr(spec, name)
        if number is not None and (not number.is_finite() or abs(number) >= Decimal(10) ** 18):
            tell(name, _("This number is out of reach."))
    if wrong:
        raise Invalid(_("The indicator is not measurable yet."), fields=wrong, code="not_measurable")


def _validate_relative(spec: Spec, tell: object) -> None:
    """A change needs baseline, unit, period, source and who says so (N1), and an explicit factor for multiples (N3)."""
    assert callable(tell)
    if (spec.target is None) == (spec.factor is None):
        tell("target", _("Give the change in percent, or the factor; one of the two."))
    if spec.target == 0 or spec.factor == 1:
        tell("target", _("A change of nothing is no target."))
    if spec.target is not None and spec.target < -100:
        tell("target", _("Nothing falls by more than 100%."))
    if spec.factor is not None and spec.factor <= 0:
        tell("factor", _("A factor is above zero."))
    if spec.factor is not None and not spec.original_words.strip():
        tell("original_words", _("Keep the original words, since “up 2 times” can mean ×2 or ×3."))
    if spec.baseline_value is None:
        tell("baseline_value", _("A relative target needs a baseline value."))
    elif spec.baseline_value == 0:
        tell("baseline_value", _("A percentage of zero says nothing; give an absolute target instead."))
    if not spec.unit.strip():
        tell("unit", _("Give the unit of the baseline."))
    elif not units.has_zero(spec.unit):
        tell("unit", _("A percentage change makes no sense on a scale without a zero; give an absolute target."))
    elif spec.baseline_unit and not units.comparable(spec.baseline_unit, spec.unit):
        tell("baseline_unit", _("The baseline's unit cannot be compared with the indicator's."))
    if not spec.baseline_period.strip():
        tell("baseline_period", _("Say when the baseline was measured."))
    if not spec.baseline_source.strip():
        tell("baseline_source", _("Say where the baseline comes from."))
    if spec.baseline_claim not in Claim.values:
        tell("baseline_claim", _("Say whether the baseline is self-declared or verified."))


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
    with decimal.localcontext() as context:
        context.prec = PRECISION
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
    percent = None
    if before != 0 and units.has_zero(unit):
        with decimal.localcontext() as context:
            context.prec = PRECISION
            percent = _tidy((after - before) / abs(before) * 100)
    return Change(before, after, unit, percent, _tidy(after - before) if units.is_ratio(unit) else None)


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
    edge = spec.low if below >= above else spec.high
    if edge is None:
        edge = spec.high if spec.high is not None else spec.low
    worst = low if below >= above else high
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
            percent = _tidy(gap / abs(against) * 100)
    margin = abs(worst - against) if against is not None else None
    spread = (
        units.convert(value.uncertainty, value.unit, spec.unit)
        if value.uncertainty and value.unit
        else value.uncertainty
    )
    return Verdict(
        outcome=Outcome.MET if met else Outcome.MISSED,
        target=target,
        value=worst,
        gap=_tidy(gap),
        gap_percent=percent,
        gap_points=_tidy(points) if points is not None else None,
        is_exact=against is not None and worst == against and target is not None,
        within_uncertainty=bool(spread and margin is not None and margin < spread),
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
    if low is None or high is None:
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


def target_text(spec: Spec) -> str:
    """The target as written: ≤ 15 min, +30 %, ×3 (“up 2 times”), 0.09–0.11 mm, L4."""
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
    return f"{signed(spec.target)}%" if spec.target is not None else ""


def computed_text(spec: Spec) -> str:
    """What a relative target comes to: ≥ 260 Wh/kg; empty for the others."""
    target = absolute_target(spec)
    if spec.kind != Kind.RELATIVE or target is None:
        return ""
    sign = "≥" if direction_of(spec) == Direction.HIGHER else "≤"
    return f"{sign} {plain(target)} {spec.unit}".strip()


def shown(number: Decimal) -> str:
    """A percentage or points for people: one place, half up; more where that would show nothing."""
    for places in range(1, 7):
        rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if rounded != 0 or number == 0:
            return plain(rounded)
    return plain(number)


def signed(number: Decimal) -> str:
    """With a sign: +30, −25."""
    text = shown(abs(number))
    return f"+{text}" if number > 0 else f"−{text}" if number < 0 else "0"


def plain(number: Decimal) -> str:
    """Without trailing zeros or exponent."""
    text = format(number.normalize(), "f") if number else "0"
    return text.replace("-", "−")


def _tidy(number: Decimal) -> Decimal:
    """At most 20 places and no trailing zeros."""
    short = (
        number.quantize(Decimal(1).scaleb(-20)).normalize() if number.as_tuple().exponent < -20 else number.normalize()
    )  # type: ignore[operator]
    return short.quantize(Decimal(1)) if short == short.to_integral_value() and short.adjusted() < 24 else short


__all__ = [
    "Change", "Environment", "Spec", "Summary", "Value", "Verdict", "absolute_target", "change", "compare", "compare_all",
    "computed_text", "direction_of", "plain", "shown", "signed", "target_text", "validate",
]  # fmt: skip
