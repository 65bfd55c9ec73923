"""The engine, against the requirement's examples, other numbers, and properties that hold for all."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817 - numbers are read more than written here

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.indicators import units
from core.indicators.engine import (
    Spec,
    Value,
    absolute_target,
    change,
    compare,
    compare_all,
    computed_text,
    target_text,
    validate,
)


def relative(change: str | None, base: str | None, unit: str = "Wh/kg", **more: object) -> Spec:
    return Spec(
        kind="relative", name="x", unit=unit, target=D(change) if change else None,
        baseline_value=D(base) if base else None, baseline_period="2025", baseline_source="test report",
        baseline_claim="verified", **more,
    )  # type: ignore[arg-type]  # fmt: skip


def threshold(operator: str, target: str, unit: str) -> Spec:
    return Spec(kind="threshold", name="x", operator=operator, target=D(target), unit=unit)


@pytest.mark.req("R015")
@pytest.mark.parametrize(
    ("percent", "base", "target", "offer", "outcome", "text"),
    [
        ("30", "200", "260", "255", "missed", "1.9%"),
        ("30", "200", "260", "262", "met", ""),
        ("30", "200", "260", "260", "met", ""),
        ("-25", "4.0", "3.0", "3.3", "missed", "10%"),
        ("-25", "4.0", "3.0", "2.9", "met", ""),
        ("12.5", "80", "90", "88", "missed", "2.2%"),
    ],
)
def test_a_relative_target_is_computed_and_the_distance_told(
    percent: str, base: str, target: str, offer: str, outcome: str, text: str
) -> None:
    spec = relative(percent, base)
    validate(spec)
    verdict = compare(spec, Value(D(offer), "Wh/kg"))
    assert absolute_target(spec) == D(target)
    assert verdict.outcome == outcome
    assert text in verdict.text


@pytest.mark.req("R015", "A45")
@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"baseline_value": None}, "baseline_value"),
        ({"baseline_period": ""}, "baseline_period"),
        ({"baseline_source": " "}, "baseline_source"),
        ({"baseline_claim": ""}, "baseline_claim"),
        ({"unit": ""}, "unit"),
        ({"unit": "°C"}, "unit"),
        ({"unit": "dBc"}, "unit"),
        ({"baseline_unit": "kg"}, "baseline_unit"),
        ({"baseline_value": D(0)}, "baseline_value"),
        ({"factor": D(3)}, "target"),
    ],
)
def test_n1_a_relative_figure_without_its_baseline_is_refused_beside_the_field(
    missing: dict[str, object], field: str
) -> None:
    from dataclasses import replace

    with pytest.raises(Invalid) as refused:
        validate(replace(relative("30", "200"), **missing))  # type: ignore[arg-type]
    assert field in refused.value.fields


def test_n2_percent_and_points_are_never_mixed() -> None:
    both = change(D("4.0"), D("3.0"), "%")
    assert (both.percent, both.points) == (D(-25), D(-1))
    assert "−25%" in both.text and "−1 pp" in both.text
    assert change(D(10), D(13), "h").points is None
    missed = compare(threshold("ge", "95", "%"), Value(D("91.2"), "%"))
    assert missed.gap_points == D("3.8") and missed.gap_percent is None and "3.8 pp" in missed.text


def test_n3_a_multiple_needs_its_words_and_an_explicit_factor() -> None:
    for factor, target in (("3", "30"), ("2", "20")):
        spec = relative(None, "10", unit="km/h", factor=D(factor), original_words="提升2倍")
        validate(spec)
        assert absolute_target(spec) == D(target)
        assert target_text(spec) == f"×{factor} (提升2倍)"
    with pytest.raises(Invalid) as refused:
        validate(relative(None, "10", factor=D(3)))
    assert "original_words" in refused.value.fields


@pytest.mark.req("R015")
@pytest.mark.parametrize(
    ("spec", "value", "outcome"),
    [
        (threshold("le", "15", "min"), Value(D(14), "min"), "met"),
        (threshold("le", "15", "min"), Value(D(960), "s"), "missed"),
        (threshold("le", "15", "min"), Value(D(900), "s"), "met"),
        (threshold("gt", "5", "亿元"), Value(D(500_000_000), "元"), "missed"),
        (threshold("gt", "5", "亿元"), Value(D("500000000.01"), "元"), "met"),
        (threshold("eq", "8", "个"), Value(D(8), "个"), "met"),
        (threshold("eq", "8", "个"), Value(D(8), "只"), "incomparable"),
        (threshold("le", "36", "月"), Value(D(3), "年"), "met"),
        (threshold("lt", "36", "月"), Value(D(3), "年"), "missed"),
        (threshold("le", "36", "月"), Value(D(900), "天"), "incomparable"),
        (threshold("le", "-35", "dBc"), Value(D("-36"), "dBc"), "met"),
        (threshold("ge", "300", "K"), Value(D("26.85"), "℃"), "met"),
        (threshold("le", "50", "元/kg"), Value(D("180000"), "元/t"), "missed"),
        (Spec(kind="range", name="x", unit="mm", low=D("0.09"), high=D("0.11")), Value(D("0.13"), "mm"), "missed"),
        (Spec(kind="range", name="x", unit="mm", low=D("0.09"), high=D("0.11")), Value(D(100), "μm"), "met"),
        (Spec(kind="range", name="x", unit="℃", high=D(260)), Value(low=D(250), high=D(320), unit="℃"), "missed"),
        (
            Spec(kind="level", name="x", level="L4", level_scale=("L0", "L1", "L2", "L3", "L4", "L5")),
            Value(level="L3"),
            "missed",
        ),
        (
            Spec(kind="level", name="x", level="L4", level_scale=("L0", "L1", "L2", "L3", "L4", "L5")),
            Value(level="L5"),
            "met",
        ),
        (threshold("ge", "1", "t"), None, "not_measured"),
        (threshold("ge", "1", "t"), Value(is_not_measured=True), "not_measured"),
    ],
)
def test_n4_to_n6_each_kind_of_target_and_each_verdict(spec: Spec, value: Value | None, outcome: str) -> None:
    assert compare(spec, value).outcome == outcome


def test_the_requirement_s_two_bids() -> None:
    specs = [relative("30", "200"), threshold("le", "15", "min")]
    first = compare_all(zip(specs, [Value(D(255), "Wh/kg"), Value(D(14), "min")], strict=True))
    second = compare_all(zip(specs, [Value(D(262), "Wh/kg"), Value(D(15), "min")], strict=True))
    assert (first.met, first.missed, first.must_all_met) == (1, 1, False)
    assert (second.met, second.missed, second.must_all_met) == (2, 0, True)


def test_a_value_within_its_uncertainty_of_the_target_says_so() -> None:
    near = compare(threshold("le", "2.0", "%"), Value(D("1.9"), "%", uncertainty=D("0.2")))
    far = compare(threshold("le", "2.0", "%"), Value(D("1.6"), "%", uncertainty=D("0.2")))
    assert near.is_met and near.within_uncertainty and not far.within_uncertainty


def test_a_survey_figure_without_its_sample_is_warned_of() -> None:
    spec = Spec(kind="threshold", name="满意度", operator="ge", target=D(90), unit="%", needs_sample=True)
    assert len(compare(spec, Value(D(91), "%", claim="verified")).warnings) == 1
    assert not compare(spec, Value(D(91), "%", claim="verified", sample_size=400)).warnings


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False)
positive = st.decimals(min_value=D("0.0001"), max_value=10**9, places=4)


@given(target=amounts, value=amounts, operator=st.sampled_from(["ge", "gt", "le", "lt", "eq"]))
def test_met_means_no_gap_and_missed_means_the_exact_distance(target: D, value: D, operator: str) -> None:
    verdict = compare(threshold(operator, str(target), "mm"), Value(value, "mm"))
    assert verdict.gap == (D(0) if verdict.is_met else abs(value - target))


@given(
    base=positive, percent=st.decimals(min_value=-99, max_value=500, places=2).filter(lambda x: x != 0), value=positive
)
def test_a_relative_target_judges_like_its_absolute_one(base: D, percent: D, value: D) -> None:
    spec = relative(str(percent), str(base))
    target = absolute_target(spec)
    assert target == base + base * percent / 100
    plain = threshold("ge" if percent > 0 else "le", str(target), "Wh/kg")
    assert compare(spec, Value(value, "Wh/kg")).outcome == compare(plain, Value(value, "Wh/kg")).outcome


@given(value=positive)
def test_conversion_there_and_back_is_exact(value: D) -> None:
    for one, other in (("元", "亿元"), ("mm", "μm"), ("t", "kg"), ("年", "月"), ("kWh", "Wh"), ("%", "ppm")):
        there = units.convert(value, one, other)
        assert there is not None and units.convert(there, other, one) == value


def test_computed_text_stands_beside_what_was_written() -> None:
    assert (target_text(relative("30", "200")), computed_text(relative("30", "200"))) == ("+30%", "≥ 260 Wh/kg")
    assert computed_text(relative("-40", "5", unit="h")) == "≤ 3 h"
