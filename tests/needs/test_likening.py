"""How alike two undertakings are: meaning where it stands out, amounts where there are enough, and nothing by support alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.search import learning
from core.search.likeness import Weighed
from core.search.meaning import cosine
from core.search.models import SIGNS, Document, Learnt
from needs.services.likening import SUPPORT, Crowds, Undertaking, alike, shared_amounts
from tests.needs.test_neighbours import library

NOTHING = Weighed({})


def said(
    words: dict[str, float], lies: str = "", amounts: dict[str, float] | None = None, node: int = 0
) -> Undertaking:
    return Undertaking(Weighed(words), NOTHING, NOTHING, NOTHING, frozenset([node]), "", amounts or {}, lies)


@pytest.mark.req("R106")
def test_meaning_counts_as_far_as_it_stands_out_and_support_never_alone() -> None:
    here, there = "1" * SIGNS, "1" * (SIGNS - 60) + "0" * 60
    one, other = said({"a": 0.5, "b": 0.5}, here), said({"a": 0.5, "c": 0.5}, there, node=1)
    assert 0.9 < cosine(here, there) < 1 and cosine(here, "") == 0
    apart, crowded = alike(one, other, Crowds(0.0, 0.4)), alike(one, other, Crowds(0.0, 1.8))
    assert apart > crowded == alike(said({"a": 0.5}), said({"a": 0.5}, node=1))
    assert alike(one, other, Crowds(0.3, 0.4)) < apart and alike(one, other) == alike(other, one)
    stated = {"900 s": 1.0, "#15": 1.0, "#300": 1.0, "#1500": 1.0}
    assert alike(said({"a": 0.9}, amounts=stated), said({"b": 0.9}, amounts=stated)) == 0, (
        "the same node and numbers, another goal"
    )
    faint = alike(said({"a": 0.1}, amounts=stated), said({"a": 0.1}, amounts=stated))
    assert faint <= (1 + SUPPORT) * 0.7 * 0.01 + 1e-9


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 1.0, "b": 1.0, "c": 1.0}, 1.0, 1.0),
        ({"a": 0.4}, {"a": 0.4}, 0.01, 0.1),  # one common number, the same in both
        ({"a": 1.0, "b": 1.0}, {"c": 1.0}, 0.0, 0.0),
        ({}, {"a": 1.0}, 0.0, 0.0),
    ],
)
def test_a_single_common_amount_says_little(one: Any, other: Any, least: float, most: float) -> None:
    assert least <= shared_amounts(one, other) <= most


def test_what_has_no_place_yet_lies_where_the_job_will_put_it(db: str, monkeypatch: Any) -> None:
    assert learning.places_of(list(Document.objects.all())) == {}, "nothing is learnt"
    monkeypatch.setattr(learning, "LEAST_DOCUMENTS", 10)
    library(24)
    learning.learn()
    learning.place_some()
    rows = list(Document.objects.order_by("link")[:6])
    kept = learning.places_of(rows)
    Document.objects.filter(pk__in=[row.pk for row in rows[:3]]).update(place_of=0)
    assert learning.places_of(list(Document.objects.filter(pk__in=[row.pk for row in rows]))) == kept
    assert Learnt.objects.count() == 1 and all(len(place) == SIGNS for place in kept.values())
