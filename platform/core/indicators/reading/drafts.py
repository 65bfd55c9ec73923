"""What was read, in the fields of a specification, for a person to check and to complete."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from core.indicators.arithmetic import plain
from core.indicators.kinds import ChangeIn, Direction, Kind
from core.indicators.reading.found import Found

_PLACES = Decimal("1e-12")

# Scales that everybody orders alike; the first that holds the level is taken.
_SCALES = [
    ["L0", "L1", "L2", "L3", "L4", "L5"], [f"TRL{n}" for n in range(1, 10)], [f"MRL{n}" for n in range(1, 11)], ["SIL1", "SIL2", "SIL3", "SIL4"],
    ["ASIL-A", "ASIL-B", "ASIL-C", "ASIL-D"], ["V-2", "V-1", "V-0"],
    [*(f"{n}B" for n in range(9, 1, -1)), "B", "HB", "F", "H", *(f"{n}H" for n in range(2, 10))],
]  # fmt: skip


def draft_of(one: Found) -> dict[str, Any]:
    """The fields that `services.define` takes, as text and choices; what was not read is empty."""
    fields: dict[str, Any] = {
        "name": one.name[:120], "kind": str(one.kind), "operator": str(one.operator), "unit": one.unit[:40],
        "target": _number(one.value) if one.kind == Kind.THRESHOLD else "", "low": _number(one.low), "high": _number(one.high),
        "level": "", "level_scale": [], "baseline_value": _number(one.baseline) if one.baseline_high is None else "", "baseline_unit": one.baseline_unit[:40],
        "change_in": str(ChangeIn.POINTS if one.is_points else ChangeIn.PERCENT), "factor": "", "original_words": "",
        "method": "；".join([one.method, *one.conditions] if one.method else one.conditions)[:300], "is_must": one.must is not False,
        "needs_sample": "sample_size" in one.gaps,
    }  # fmt: skip
    if one.kind == Kind.LEVEL:
        fields["level"], fields["level_scale"] = _level(one.level)
    if one.kind == Kind.RELATIVE:
        falls = one.direction == Direction.LOWER
        fields["unit"] = one.baseline_unit[:40] if not one.is_points else "%"
        fields["low"] = fields["high"] = ""
        if one.is_multiple:
            fields["original_words"] = one.words[:120]
            if one.is_to_multiple:
                fields["factor"] = _number(one.value)
        elif one.value is not None and one.unit in ("%", "个百分点", "pp", "percentage points"):
            fields["target"] = _number(-one.value if falls else one.value)
    if one.fraction:
        fields["original_words"] = one.fraction
    return fields


def _level(written: str) -> tuple[str, list[str]]:
    bare = written.upper().replace(" ", "").replace("-", "")
    for scale in _SCALES:
        for step in scale:
            if step.replace("-", "") == bare:
                return step, scale
    return written[:40], []


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    shown = value.quantize(_PLACES, ROUND_HALF_EVEN) if -value.as_tuple().exponent > 12 else value  # type: ignore[operator]
    return plain(shown)
