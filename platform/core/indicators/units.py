"""Units: our own list of what is understood, computed by pint with exact numbers; anything else is opaque.

An opaque unit (个, dBc, 阵元) is only ever equal to itself. Money, calendar months, information and percentages are
dimensions of their own: 万元 is exact (N5), three years are 36 months and never days (N6), and a bit is no percentage.
"""

from __future__ import annotations

import decimal
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

# What people write → pint's name. Only these are understood; everything else is opaque.
KNOWN: dict[str, str] = {
    "%": "share_percent", "‰": "share_permille", "ppm": "share_ppm",
    "s": "second", "秒": "second", "ms": "millisecond", "毫秒": "millisecond", "μs": "microsecond", "us": "microsecond",
    "ns": "nanosecond", "min": "minute", "分钟": "minute", "h": "hour", "小时": "hour", "d": "day", "天": "day", "日": "day",
    "周": "week", "月": "cmonth", "个月": "cmonth", "month": "cmonth", "months": "cmonth", "季度": "cquarter", "年": "cyear",
    "year": "cyear", "years": "cyear", "a": "cyear",
    "m": "meter", "米": "meter", "km": "kilometer", "公里": "kilometer", "千米": "kilometer", "dm": "decimeter",
    "cm": "centimeter", "厘米": "centimeter", "mm": "millimeter", "毫米": "millimeter", "μm": "micrometer",
    "um": "micrometer", "微米": "micrometer", "nm": "nanometer", "纳米": "nanometer",
    "m2": "meter**2", "cm2": "centimeter**2", "mm2": "millimeter**2", "平方米": "meter**2", "m3": "meter**3", "立方米": "meter**3", "cm3": "centimeter**3",
    "L": "liter", "l": "liter", "升": "liter", "mL": "milliliter", "ml": "milliliter", "毫升": "milliliter",
    "kg": "kilogram", "千克": "kilogram", "公斤": "kilogram", "g": "gram", "克": "gram", "mg": "milligram",
    "毫克": "milligram", "μg": "microgram", "t": "metric_ton", "吨": "metric_ton",
    "°C": "degree_Celsius", "摄氏度": "degree_Celsius", "K": "kelvin",
    "W": "watt", "瓦": "watt", "mW": "milliwatt", "kW": "kilowatt", "千瓦": "kilowatt", "MW": "megawatt", "兆瓦": "megawatt", "GW": "gigawatt",
    "J": "joule", "kJ": "kilojoule", "MJ": "megajoule", "Wh": "watt_hour", "kWh": "kilowatt_hour", "MWh": "megawatt_hour",
    "GWh": "gigawatt_hour", "瓦时": "watt_hour", "千瓦时": "kilowatt_hour", "度电": "kilowatt_hour",
    "V": "volt", "伏": "volt", "mV": "millivolt", "kV": "kilovolt", "A": "ampere", "安": "ampere", "mA": "milliampere", "μA": "microampere",
    "Ah": "ampere*hour", "安时": "ampere*hour", "mAh": "milliampere*hour", "毫安时": "milliampere*hour",
    "Ω": "ohm", "mΩ": "milliohm", "kΩ": "kiloohm", "F": "farad",
    "Hz": "hertz", "赫兹": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz", "T": "tesla", "mT": "millitesla",
    "Pa": "pascal", "帕": "pascal", "kPa": "kilopascal", "千帕": "kilopascal", "MPa": "megapascal", "兆帕": "megapascal", "GPa": "gigapascal",
    "bar": "bar", "N": "newton", "牛": "newton",
    "kN": "kilonewton", "mol": "mole", "lx": "lux", "lm": "lumen",
    "B": "info_byte", "KB": "kiloinfo_byte", "MB": "megainfo_byte", "GB": "gigainfo_byte", "TB": "terainfo_byte",
    "bit": "info_bit", "kbit": "kiloinfo_bit", "Mbit": "megainfo_bit", "Gbit": "gigainfo_bit",
    "Kbps": "kiloinfo_bit/second", "Mbps": "megainfo_bit/second", "Gbps": "gigainfo_bit/second",
    "元": "yuan", "CNY": "yuan", "yuan": "yuan", "千元": "kyuan", "万元": "wanyuan", "百万元": "myuan", "亿元": "yiyuan",
}  # fmt: skip

CELSIUS = "degree_Celsius"

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
    text = clean(unit)
    return text == "" or KNOWN.get(text) == CELSIUS or _meaning(text) is not None


def is_calendar(unit: str) -> bool:
    """Whether durations are counted in months (N6)."""
    return KNOWN.get(clean(unit)) in {"cmonth", "cquarter", "cyear"}


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """The value in another unit, exactly; None when the two cannot be compared."""
    source, target = clean(unit), clean(to)
    shift = _shift(source, target)
    if shift is not None:
        return _decimal(Fraction(value) + Fraction(shift))
    return convert_distance(value, source, target)


def convert_distance(distance: Decimal, unit: str, to: str) -> Decimal | None:
    """A difference or an uncertainty in another unit: ±1 K is ±1 °C, without the offset between the scales."""
    source, target = clean(unit), clean(to)
    if source == target or _shift(source, target) is not None:
        return distance
    here, there = _meaning(source), _meaning(target)
    if here is None or there is None or here[1] != there[1]:
        return None
    return _decimal(Fraction(distance) * here[0] / there[0])


def comparable(unit: str, other: str) -> bool:
    """Whether values in the two units can be compared."""
    return convert(Decimal(1), unit, other) is not None


def in_base(value: Decimal, unit: str) -> tuple[Decimal, str] | None:
    """The value in base units, and what it measures as a word; None for what is not on our list or has no true zero."""
    meaning = _meaning(clean(unit))
    if meaning is None or not meaning[1]:
        return None
    return _decimal(Fraction(value) * meaning[0]), "·".join(f"{name}{power}" for name, power in meaning[1])


def _shift(source: str, target: str) -> Decimal | None:
    """°C and K differ by an offset, not by a factor."""
    names = (KNOWN.get(source), KNOWN.get(target))
    if names == (CELSIUS, "kelvin"):
        return Decimal("273.15")
    if names == ("kelvin", CELSIUS):
        return Decimal("-273.15")
    return Decimal(0) if names == (CELSIUS, CELSIUS) else None


Dimension = tuple[tuple[str, int], ...]


@lru_cache(maxsize=4096)
def _meaning(unit: str) -> tuple[Fraction, Dimension] | None:
    """Exact factor to base units and dimension of a cleaned unit such as `元/kg` or `W/(m·K)`; None when opaque."""
    parsed = [(unit, 1)] if unit in KNOWN else _parsed(unit)
    if not parsed or any(KNOWN[name] == CELSIUS for name, _power in parsed):
        return None
    factor, powers = Fraction(1), dict[str, int]()
    for name, power in parsed:
        one, dimension = _base(KNOWN[name])
        factor *= one**power
        for key, exponent in dimension:
            powers[key] = powers.get(key, 0) + exponent * power
    return factor, tuple(sorted((key, power) for key, power in powers.items() if power))


def _parsed(unit: str) -> list[tuple[str, int]]:
    """The known units of an expression with their powers; empty when a part is not on our list."""
    found = []
    for at, part in enumerate(unit.replace("(", "").replace(")", "").split("/")):
        for text in re.split(r"[·*⋅]", part):
            token = _token(text)
            if token is None:
                return []
            found.append((token[0], token[1] if at == 0 else -token[1]))
    return found


def _token(text: str) -> tuple[str, int] | None:
    if text in KNOWN:
        return text, 1
    match = re.fullmatch(r"(\D+?)\^?(-?[1-9])", text)
    return (match[1], int(match[2])) if match and match[1] in KNOWN else None


@lru_cache(maxsize=512)
def _base(name: str) -> tuple[Fraction, Dimension]:
    """Each unit alone has a finite decimal factor; products and quotients are then made of fractions, so nothing is lost."""
    quantity = _registry().Quantity(Decimal(1), name).to_base_units()
    return Fraction(quantity.magnitude), tuple((str(key), int(power)) for key, power in quantity.dimensionality.items())


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)
    for line in (
        "yuan = [money]", "kyuan = 1000 * yuan", "wanyuan = 10000 * yuan", "myuan = 1000000 * yuan", "yiyuan = 100000000 * yuan",
        "cmonth = [calendar]", "cquarter = 3 * cmonth", "cyear = 12 * cmonth",
        "share_ppm = [share]", "share_permille = 1000 * share_ppm", "share_percent = 10000 * share_ppm",
        "info_bit = [information]", "info_byte = 8 * info_bit",
    ):  # fmt: skip
        registry.define(line)
    return registry


def _decimal(value: Fraction) -> Decimal:
    """Exact where the fraction ends (money always does); otherwise 24 significant digits, half to even."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest == 1:
        places = max(twos, fives)
        return Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")
    with decimal.localcontext() as context:
        context.prec = 24
        return Decimal(value.numerator) / Decimal(value.denominator)
