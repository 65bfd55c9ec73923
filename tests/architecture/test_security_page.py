"""The page on security names every point of levels 1 and 2 once, and modules and tests that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "platform" / "docs" / "security.md"
# Points of levels 1 and 2 by section: the highest number, and those that are withdrawn or of level 3.
POINTS = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1,4,5", "1.5": "1-4", "1.6": "1-4", "1.7": "1-2", "1.8": "1-2", "1.9": "1-2", "1.10": "1",
    "1.11": "1-2", "1.12": "2", "1.14": "1-6", "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-5", "2.5": "1-7", "2.6": "1-3",
    "2.7": "1-6", "2.8": "1-7", "2.9": "1-3", "2.10": "1-4", "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1,2,3,5", "4.2": "1-2", "4.3": "1-3", "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4", "6.1": "1-3",
    "6.2": "1-6", "6.3": "1-2", "6.4": "1-2", "7.1": "1-4", "7.2": "1-2", "7.3": "1,3,4", "7.4": "1-3", "8.1": "1-4", "8.2": "1-3",
    "8.3": "1-8", "9.1": "1-3", "9.2": "1-4", "10.2": "1-2", "10.3": "1-3", "11.1": "1-8", "12.1": "1-3", "12.2": "1", "12.3": "1-6",
    "12.4": "1-2", "12.5": "1-2", "12.6": "1", "13.1": "1,3,4,5", "13.2": "1,2,3,5,6", "13.3": "1-2", "13.4": "1-2", "14.1": "1-4",
    "14.2": "1-6", "14.3": "2-3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip


def wanted() -> set[str]:
    found = set()
    for section, numbers in POINTS.items():
        for part in numbers.split(","):
            first, _dash, last = part.partition("-")
            found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_point_stands_on_the_page_once_with_its_state() -> None:
    named = Counter(point.strip() for row in rows() for point in row[0].split(","))
    assert set(named) == wanted(), sorted(set(named) ^ wanted())
    assert max(named.values()) == 1, named.most_common(3)
    assert {row[2] for row in rows()} == {"met", "in part", "not met", "n/a"}
    assert all(len(row) == 5 and row[1] and row[3] for row in rows())


def test_every_module_and_every_test_that_the_page_names_exists() -> None:
    missing = []
    for row in rows():
        for path in re.findall(r"`([a-z_]+(?:/[\w.-]+)+)`", row[3]):
            if not (ROOT / "platform" / path).exists():
                missing.append(path)
        for path, _colons, name in re.findall(r"`([\w/]+\.py)(::)?(\w*)`", row[4]):
            file = ROOT / "tests" / path
            if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
                missing.append(f"{path}::{name}")
        if row[4] and not re.search(r"`[\w/]+\.py", row[4]):
            missing.append(f"{row[0]}: {row[4]}")
    assert not missing, missing
