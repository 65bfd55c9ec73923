"""What a target needs before anybody can measure against it (N1 to N6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.files.values import is_one_word
from core.indicators import units
from core.indicators.kinds import ChangeIn, Claim, Kind, Operator
from core.indicators.targets import absolute_target
from core.indicators.values import Spec

# A quantity is kept with eighteen digits before and twelve after the point; more is refused, never rounded.
WHOLE, PLACES = 18, 12
LEVEL_LENGTH = UNIT_LENGTH = 40
NOTES_LENGTH = 20_000


def validate(spec: Spec) -> None:
    """Nothing, or Invalid with every field that keeps the target from being measurable."""
    wrong: dict[str, list[str]] = {}

    def tell(name: str, sentence: str) -> None:
        wrong.setdefault(name, []).append(sentence)

    for name in ("target", "low", "high", "baseline_value", "factor"):
        number = getattr(spec, name)
        if number is not None and not is_storable(number):
            tell(name, _("This number is out of reach: at most 18 digits before the point and 12 after it."))
    if wrong:  # a number that is none cannot be compared with the others below
        raise _refused(wrong)
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
    for name in ("unit", "baseline_unit"):
        if len(getattr(spec, name)) > UNIT_LENGTH:
            tell(name, _("A unit has at most 40 characters."))
    if any(len(level) > LEVEL_LENGTH for level in spec.level_scale):
        tell("level_scale", _("A level has at most 40 characters."))
    if not all(is_one_word(level) for level in spec.level_scale):
        tell("level_scale", _("A level is not empty and holds no comma and no semicolon; these stand between levels."))
    if wrong:
        raise _refused(wrong)


def _refused(wrong: dict[str, list[str]]) -> Invalid:
    return Invalid(_("The indicator is not measurable yet."), fields=wrong, code="not_measurable")


def _validate_relative(spec: Spec, tell: Callable[[str, str], None]) -> None:
    """A change needs baseline, unit, period, source and who says so (N1), and an explicit factor for multiples (N3)."""
    if (spec.target is None) == (spec.factor is None):
        tell("target", _("Give the change in percent, or the factor; one of the two."))
    if spec.target == 0 or spec.factor == 1:
        tell("target", _("A change of nothing is no target."))
    is_points = spec.change_in == ChangeIn.POINTS
    if spec.change_in not in ChangeIn.values:
        tell("change_in", _("Say whether the change is in percent or in percentage points."))
    if is_points and spec.unit.strip() and not units.is_ratio(spec.unit):
        tell("change_in", _("Percentage points need an indicator that is itself a percentage."))
    if spec.target is not None and not is_points and spec.target < -100:
        tell("target", _("Nothing falls by more than 100%."))
    if spec.factor is not None and spec.factor <= 0:
        tell("factor", _("A factor is above zero."))
    if spec.factor is not None and not spec.original_words.strip():
        tell("original_words", _("Keep the original words, since “up 2 times” can mean ×2 or ×3."))
    if spec.baseline_value is None:
        tell("baseline_value", _("A relative target needs a baseline value."))
    elif is_points and spec.target is not None and (absolute_target(spec) or 0) < 0:
        tell("target", _("A percentage does not fall below zero."))
    elif spec.baseline_value == 0 and not is_points:
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


def is_storable(number: Decimal) -> bool:
    """Whether the database keeps every digit of the number."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and number.adjusted() < WHOLE and _places(number) <= PLACES


def _places(number: Decimal) -> int:
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    assert isinstance(exponent, int)
    zeros = 0
    while zeros < len(digits) - 1 and digits[-1 - zeros] == 0:
        zeros += 1
    return max(0, -exponent - zeros)
