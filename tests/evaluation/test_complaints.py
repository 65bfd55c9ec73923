"""Complaints of six chains in different words, grouped chain by chain: how well the groups are those a person would make."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from core.search.services import load_terms
from needs.services.clustering import grouped, meanings

ROWS = [
    line.split("\t") for line in (Path(__file__).parent / "complaints.tsv").read_text(encoding="utf-8").splitlines()
]
TUNED, HELD_OUT = "ace", "bdf"
WIDENED, FRESH = "xyz", "mno"  # the last was written after thesaurus and constants, which were not touched for it


def figures(halves: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of complaints of one chain."""
    right = made = meant = 0
    for half in halves:
        rows = [row for row in ROWS if row[0] == half]
        groups = grouped(meanings([row[3] for row in rows]))
        home = {place: number for number, group in enumerate(groups) for place in group.members}
        for one, other in itertools.combinations(range(len(rows)), 2):
            together, same = home[one] == home[other], rows[one][2] == rows[other][2]
            right, made, meant = right + (together and same), made + together, meant + same
    precision, recall = right / made, right / meant
    return precision, recall, 2 * precision * recall / (precision + recall)


@pytest.mark.req("R023")
def test_complaints_in_other_words_find_each_other(db: Any, capsys: Any) -> None:
    load_terms()
    with capsys.disabled():
        for name, halves in (("tuned", TUNED), ("held out", HELD_OUT), ("widened", WIDENED), ("fresh", FRESH)):
            precision, recall, f1 = figures(halves)
            print(f"\ncomplaints, {name}: precision {precision:.2f} recall {recall:.2f} F1 {f1:.2f}")
            assert precision > 0.85 and recall > 0.6, name
