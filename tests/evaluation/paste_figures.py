"""How well pasted texts are read: `python -m tests.evaluation.paste_figures` prints shares by difficulty and every sample that fails."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from core.indicators import units
from core.indicators.reading import Found, Reading, read

SAMPLES = Path(__file__).parent / "paste" / "samples.jsonl"
SIGNS = {"ge": ">=", "gt": ">=", "le": "<=", "lt": "<=", "eq": "=", "": "="}
SAME_UNITS = [
    {"minutes", "min", "分钟"},
    {"hours", "h", "小时"},
    {"个月", "月", "months"},
    {"days", "天", "d", "日"},
    {"s", "秒"},
    {"ms", "毫秒"},
    {"年", "years", "a"},
]


def samples(path: Path = SAMPLES) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def as_answer(one: Found) -> dict[str, Any]:
    """What was read in the words of the answers."""
    answer: dict[str, Any] = {"operator": "level", "value": one.level, "value_high": None, "unit": ""}
    if one.kind == "range":
        answer = {"operator": "range", "value": one.low, "value_high": one.high, "unit": one.unit}
    elif one.kind == "relative":
        answer = {
            "operator": "relative",
            "value": one.low if one.value is None else one.value,
            "value_high": one.high if one.value is None else None,
            "unit": one.unit + ("(至)" if one.is_to_multiple else ""),
        }
    elif one.kind == "threshold":
        answer = {
            "operator": SIGNS[str(one.operator)],
            "value": one.fraction or one.value,
            "value_high": None,
            "unit": one.unit,
        }
    base = None
    if one.baseline is not None:
        base = f"{one.baseline:f}" + (f"~{one.baseline_high:f}" if one.baseline_high is not None else "")
        base = f"{base} {one.baseline_unit}"
    return answer | {"baseline": base, "name": one.name}


def fields_of(wanted: dict[str, Any], got: dict[str, Any], row: Found) -> dict[str, str]:
    """For each field: right, gap (empty and marked), or wrong."""
    result = {}
    result["operator"] = (
        "right"
        if wanted["operator"] == got["operator"]
        else ("gap" if not row.operator and row.kind == "threshold" and row.gaps else "wrong")
    )
    result["value"] = (
        "right"
        if same_value(wanted["value"], got["value"]) and same_value(wanted["value_high"], got["value_high"])
        else ("gap" if got["value"] is None and row.gaps else "wrong")
    )
    result["unit"] = (
        "right"
        if same_unit(wanted["unit"] or "", got["unit"])
        else ("gap" if not got["unit"] and row.gaps else "wrong")
    )
    result["baseline"] = (
        "right" if same_base(wanted["baseline"], got["baseline"]) else ("gap" if got["baseline"] is None else "wrong")
    )
    return result


def same_value(wanted: Any, got: Any) -> bool:
    if wanted is None or got is None or wanted == "" or got == "":
        return (wanted or None) is None and (got or None) is None
    try:
        return Decimal(str(wanted)) == Decimal(str(got))
    except InvalidOperation:
        return str(wanted).strip().lower() == str(got).strip().lower()


def same_unit(wanted: str, got: str) -> bool:
    one, other = units.clean(wanted), units.clean(got)
    if one == other or any({one, other} <= group for group in SAME_UNITS):
        return True
    bare = [re.sub(r"[\s()（）·*⋅]", "", text).lower().replace("per", "/") for text in (one, other)]
    return bare[0] == bare[1]


def same_base(wanted: str | None, got: str | None) -> bool:
    if not wanted or not got:
        return not wanted and not got
    numbers = [re.findall(r"-?\d+(?:\.\d+)?", text) for text in (wanted, got)]
    rest = [re.sub(r"[-~\d.\s]", "", text) for text in (wanted, got)]
    return [Decimal(one) for one in numbers[0]] == [Decimal(one) for one in numbers[1]] and same_unit(rest[0], rest[1])


def loosely(wanted: str, got: str) -> bool:
    one, other = (re.sub(r"[\s的\-]", "", text).lower() for text in (wanted, got))
    return bool(one and other) and (
        one in other or other in one or len(set(one) & set(other)) >= 0.5 * min(len(set(one)), len(set(other)))
    )


def pair(expected: list[dict[str, Any]], reading: Reading) -> list[tuple[dict[str, Any], Found | None]]:
    """Each expected indicator with the read row that fits best, each row once, the best pairs first."""
    scored = []
    for at, wanted in enumerate(expected):
        for place, row in enumerate(reading.indicators):
            got = as_answer(row)
            right = sum(verdict == "right" for verdict in fields_of(wanted, got, row).values())
            score = right + 3 * loosely(wanted["name"], row.name) + 2 * same_value(wanted["value"], got["value"])
            if score >= 4:
                scored.append((-score, abs(place - at), at, place))
    chosen: dict[int, int] = {}
    for _score, _distance, at, place in sorted(scored):
        if at not in chosen and place not in chosen.values():
            chosen[at] = place
    return [(wanted, reading.indicators[chosen[at]] if at in chosen else None) for at, wanted in enumerate(expected)]


def figures(path: Path = SAMPLES) -> tuple[dict[Any, Counter[str]], list[str]]:
    """Counts by difficulty, and a line for every sample that is not read wholly."""
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    failing = []
    for sample in samples(path):
        reading = read(sample["text"])
        told = []
        pairs = pair(sample["expected"], reading)
        for wanted, row in pairs:
            for group in (sample["difficulty"], "all"):
                count = counts[group]
                count["expected"] += 1
                if row is None:
                    count["not found"] += 1
                    continue
                verdicts = fields_of(wanted, as_answer(row), row)
                count["whole"] += all(verdict == "right" for verdict in verdicts.values())
                count["fields"] += len(verdicts)
                count["gaps"] += sum(verdict == "gap" for verdict in verdicts.values())
                count["wrong"] += sum(verdict == "wrong" for verdict in verdicts.values())
                count["names"] += loosely(wanted["name"], row.name)
            if row is None:
                told.append(f"  not found: {wanted['words']}")
            elif any(verdict != "right" for verdict in fields_of(wanted, as_answer(row), row).values()):
                told.append(f"  {wanted['words']}: {fields_of(wanted, as_answer(row), row)} read as {as_answer(row)}")
            elif not loosely(wanted["name"], row.name):
                told.append(f"  name “{wanted['name']}” read as “{row.name}”")
        matched = [row for _wanted, row in pairs if row is not None]
        extra = [row for row in reading.indicators if not any(row is one for one in matched)]
        marks = {(gap.code, gap.about) for gap in reading.gaps()}
        for group in (sample["difficulty"], "all"):
            counts[group]["invented"] += len(extra)
            counts[group]["marks"] += len(sample["missing"])
            counts[group]["marked"] += sum(is_marked(one, marks) for one in sample["missing"])
        told += [f"  not asked for: {as_answer(row)}" for row in extra]
        told += [f"  not marked: {one}" for one in sample["missing"] if not is_marked(one, marks)]
        if told:
            failing.append(f"{sample['id']} (difficulty {sample['difficulty']})\n" + "\n".join(told))
    return counts, failing


def is_marked(missing: dict[str, str], marks: set[tuple[str, str]]) -> bool:
    return any(code == missing["what"] and loosely(missing["about"], about) for code, about in marks)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    counts, failing = figures(path)
    for group in sorted(counts, key=str):
        c = counts[group]
        print(
            f"difficulty {group}: {c['whole']} of {c['expected']} read wholly ({100 * c['whole'] / c['expected']:.1f} %), not found {c['not found']}, "
            f"fields left open {c['gaps']}, wrong values {c['wrong']} of {c['fields']} fields, not asked for {c['invented']}, "
            f"gaps marked {c['marked']} of {c['marks']}, names {c['names']}"
        )  # fmt: skip
    print("\n".join(failing))


if __name__ == "__main__":
    main()
