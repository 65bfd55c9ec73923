"""Units: our own list of what is understood, computed by pint with exact decimals; anything else is opaque.

An opaque unit (个, dBc, 阵元) is only ever equal to itself. Money and calendar months are dimensions of their own, so
that 万元 is exact (N5) and three years are 36 months (N6), never days.
"""

from __future__ import annotations

import decimal
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Any

# What people write → pint's name. Only these are understood; everything else is opaque.
KNOWN: dict[str, str] = {
    "%": "percent", "‰": "permille", "ppm": "parts_per_million",
    "s": "second", "秒": "second", "ms": "millisecond", "毫秒": "millisecond", "μs": "microsecond", "us": "microsecond",
    "ns": "nanosecond", "min": "minute", "分钟": "minute", "h": "hour", "小时": "hour", "d": "day", "天": "day", "日": "day",
    "周": "week", "月": "cmonth", "个月": "cmonth", "month": "cmonth", "months": "cmonth", "季度": "cquarter", "年": "cyear",
    "year": "cyear", "years": "cyear", "a": "cyear",
    "m": "meter", "米": "meter", "km": "kilometer", "公里": "kilometer", "千米": "kilometer", "dm": "decimeter",
    "cm": "centimeter", "厘米": "centimeter", "mm": "millimeter", "毫米": "millimeter", "μm": "micrometer",
    "um": "micrometer", "微米": "micrometer", "nm": "nanometer", "纳米": "nanometer",
    "m2": "meter**2", "cm2": "centimeter**2", "mm2": "millimeter**2", "m3": "meter**3", "cm3": "centimeter**3",
    "L": "liter", "l": "liter", "升": "liter", "mL": "milliliter", "ml": "milliliter", "毫升": "milliliter",
    "kg": "kilogram", "千克": "kilogram", "公斤": "kilogram", "g": "gram", "克": "gram", "mg": "milligram",
    "毫克": "milligram", "μg": "microgram", "t": "metric_ton", "吨": "metric_ton",
    "°C": "degree_Celsius", "摄氏度": "degree_Celsius", "K": "kelvin",
    "W": "watt", "瓦": "watt", "mW": "milliwatt", "kW": "kilowatt", "千瓦": "kilowatt", "MW": "megawatt", "GW": "gigawatt",
    "J": "joule", "kJ": "kilojoule", "MJ": "megajoule", "Wh": "watt_hour", "kWh": "kilowatt_hour", "MWh": "megawatt_hour",
    "GWh": "gigawatt_hour", "度": "kilowatt_hour",
    "V": "volt", "mV": "millivolt", "kV": "kilovolt", "A": "ampere", "mA": "milliampere", "μA": "microampere",
    "Ah": "ampere*hour", "mAh": "milliampere*hour", "Ω": "ohm", "mΩ": "milliohm", "kΩ": "kiloohm", "F": "farad",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz", "T": "tesla", "mT": "millitesla",
    "Pa": "pascal", "kPa": "kilopascal", "MPa": "megapascal", "GPa": "gigapascal", "bar": "bar", "N": "newton",
    "kN": "kilonewton", "mol": "mole", "cd": "candela", "lx": "lux", "lm": "lumen",
    "B": "byte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "bit": "bit", "kbit": "kilobit",
    "Mbit": "megabit", "Gbit": "gigabit", "Kbps": "kilobit/second", "Mbps": "megabit/second", "Gbps": "gigabit/second",
    "元": "yuan", "CNY": "yuan", "yuan": "yuan", "千元": "kyuan", "万元": "wanyuan", "百万元": "myuan", "亿元": "yiyuan",
}  # fmt: skip

# Scales on which a percentage says nothing: no true zero, or logarithmic.
NO_ZERO = {"°C", "摄氏度", "dB", "dBc", "dBm", "dBi", "dB(A)", "pH", "HV", "HRC", "HB"}

RATIOS = {"%", "‰", "ppm"}


def clean(unit: str) -> str:
    """The unit in one spelling: full width, ℃ and micro signs unified, no spaces."""
    text = unicodedata.normalize("NFKC", unit or "").strip()
    text = text.replace("µ", "μ").replace("²", "2").replace("³", "3").replace("℃", "°C").replace("％", "%")
    return re.sub(r"\s+", "", text)


def has_zero(unit: str) -> bool:
    """Whether a percentage change makes sense on this scale (not on °C or decibels)."""
    text = clean(unit)
    return text not in NO_ZERO and not text.startswith("dB")


def is_ratio(unit: str) -> bool:
    """Whether values are percentages themselves, so that distances are points (N2)."""
    return clean(unit) in RATIOS


def is_known(unit: str) -> bool:
    """Whether the unit can be converted; an opaque one is only equal to itself."""
    return clean(unit) == "" or _pint_name(clean(unit)) is not None


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """The value in another unit, exactly; None when the two cannot be compared."""
    source, target = clean(unit), clean(to)
    if source == target:
        return value
    shift = _shift(source, target)
    if shift is not None:
        return value + shift
    factor = _factor(source, target)
    if factor is None:
        return None
    numerator, denominator = factor
    with decimal.localcontext() as context:
        context.prec = 60
        return _trimmed(value * numerator / denominator)


def comparable(unit: str, other: str) -> bool:
    """Whether values in the two units can be compared."""
    return convert(Decimal(1), unit, other) is not None


def _shift(source: str, target: str) -> Decimal | None:
    """°C and K differ by an offset, not by a factor."""
    names = (KNOWN.get(source), KNOWN.get(target))
    if names == ("degree_Celsius", "kelvin"):
        return Decimal("273.15")
    if names == ("kelvin", "degree_Celsius"):
        return Decimal("-273.15")
    return Decimal(0) if names == ("degree_Celsius", "degree_Celsius") else None


@lru_cache(maxsize=4096)
def _factor(source: str, target: str) -> tuple[Decimal, Decimal] | None:
    """Numerator and denominator of the conversion, kept apart so that 1/60 stays exact until the value is known."""
    first, second = _pint_name(source), _pint_name(target)
    if first is None or second is None or "degree_Celsius" in first + second:
        return None
    registry = _registry()
    here, there = registry.Unit(first), registry.Unit(second)
    if here.dimensionality != there.dimensionality:
        return None
    base_here = registry.Quantity(Decimal(1), here).to_base_units().magnitude
    base_there = registry.Quantity(Decimal(1), there).to_base_units().magnitude
    return Decimal(base_here), Decimal(base_there)


@lru_cache(maxsize=4096)
def _pint_name(unit: str) -> str | None:
    """The pint expression of a cleaned unit such as `元/kg` or `W/(m·K)`; None when a part is not on our list."""
    if not unit:
        return None
    if unit in KNOWN:
        return KNOWN[unit]
    parts = unit.replace("(", "").replace(")", "").split("/")
    if not all(parts):
        return None
    named = ["*".join(_token(one) or "" for one in re.split(r"[·*⋅]", part)) for part in parts]
    if any(not one or "**" in one[:2] or one.startswith("*") or one.endswith("*") for one in named):
        return None
    return "/".join(f"({one})" for one in named)


def _token(text: str) -> str | None:
    if text in KNOWN:
        return f"({KNOWN[text]})"
    match = re.fullmatch(r"(\D+?)\^?(-?\d)", text)
    return f"({KNOWN[match[1]]})**{match[2]}" if match and match[1] in KNOWN else None


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)
    for line in (
        "yuan = [money]", "kyuan = 1000 * yuan", "wanyuan = 10000 * yuan", "myuan = 1000000 * yuan", "yiyuan = 100000000 * yuan",
        "cmonth = [calendar]", "cquarter = 3 * cmonth", "cyear = 12 * cmonth", "parts_per_million = 1e-6",
    ):  # fmt: skip
        registry.define(line)
    if "permille" not in registry:
        registry.define("permille = 0.001")
    return registry


def _trimmed(value: Decimal) -> Decimal:
    """At most 24 significant digits and no trailing zeros: 1/3 h is 20 min, not 19.99…"""
    with decimal.localcontext() as context:
        context.prec = 24
        short = (+value).normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() and short.adjusted() < 24 else short
