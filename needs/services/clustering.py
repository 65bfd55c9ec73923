"""Grouping complaints by what they mean (R023).

Two things say whether complaints mean the same: the concern they name first (a thesaurus of what industry complains of, in both
languages, `needs/data/concerns.tsv`) and the words they share, weighed like everywhere in the search. Groups grow by mean likeness.
What a person put somewhere is not looked at: it stays, whatever the words say.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from core.search.likeness import Weighed, product, weigh_texts
from core.search.words import folded

CONCERNS = Path(__file__).resolve().parents[1] / "data" / "concerns.tsv"
# Chosen on one half of tests/evaluation/complaints.tsv; how the others came out stands in decisions/surveys.md.
CONCERN_WEIGHT = 0.65
AGAIN = 0.5  # each further concern of a text counts half of the one before: what is named first is meant
ALIKE = 0.2


@cache
def concerns() -> list[tuple[str, re.Pattern[str]]]:
    """The concerns of the thesaurus, each with what finds its words in a folded text."""
    found = []
    for line in CONCERNS.read_text(encoding="utf-8").splitlines():
        name, _english, words = line.split("\t")
        parts = [rf"\b{re.escape(one)}" if one.isascii() else re.escape(one) for one in folded(words).split("|")]
        found.append((name, re.compile("|".join(sorted(parts, key=len, reverse=True)))))
    return found


@dataclass(frozen=True)
class Meaning:
    """A text as it is compared: concerns in the order they are named, and words by weight."""

    concerns: Mapping[str, float]
    words: Weighed


def concerns_in(text: str) -> dict[str, float]:
    """The concerns that a text names, the first weighing most; of length one together."""
    plain = folded(text)
    places = sorted((match.start(), name) for name, pattern in concerns() if (match := pattern.search(plain)))
    weights = {name: AGAIN**at for at, (_start, name) in enumerate(places)}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {name: weight / length for name, weight in weights.items()}


def meanings(texts: Sequence[str]) -> list[Meaning]:
    """The texts in the form that is compared."""
    weighed = weigh_texts([("", text) for text in texts])
    return [Meaning(concerns_in(text), words) for text, words in zip(texts, weighed, strict=True)]


def alike(one: Meaning, other: Meaning) -> float:
    """0 to 1. Where both name a concern, it weighs more than the words; where one names none, the words alone speak."""
    words = product(one.words.tokens, other.words.tokens)
    if not one.concerns or not other.concerns:
        return words
    return CONCERN_WEIGHT * product(one.concerns, other.concerns) + (1 - CONCERN_WEIGHT) * words


@dataclass
class Group:
    """Places of texts that belong together, and the cluster that it is, if that is given."""

    members: list[int]
    label: Hashable | None = None
    near: dict[int, float] = field(default_factory=dict)


def grouped(texts: Sequence[Meaning], given: Iterable[tuple[Hashable, Sequence[int]]] = ()) -> list[Group]:
    """The texts in groups of like ones. `given` are groups that stand already (name, places); two of them never become one."""
    groups: dict[int, Group] = {}
    for label, places in given:
        groups[len(groups)] = Group(list(places), label)
    taken = {place for group in groups.values() for place in group.members}
    for place in range(len(texts)):
        if place not in taken:
            groups[len(groups)] = Group([place])
    home = {place: number for number, group in groups.items() for place in group.members}
    for (one, other), likeness in _neighbours(texts).items():
        first, second = home[one], home[other]
        if first != second:
            share = likeness / (len(groups[first].members) * len(groups[second].members))
            groups[first].near[second] = groups[first].near.get(second, 0.0) + share
            groups[second].near[first] = groups[second].near.get(first, 0.0) + share
    return list(_merged(groups).values())


def _neighbours(texts: Sequence[Meaning]) -> dict[tuple[int, int], float]:
    """The likeness of every two texts that have anything in common."""
    holding: dict[str, list[int]] = defaultdict(list)
    pairs: set[tuple[int, int]] = set()
    for at, one in enumerate(texts):
        for token in {f"\0{name}" for name in one.concerns} | set(one.words.tokens):
            pairs.update((before, at) for before in holding[token])
            holding[token].append(at)
    return {pair: likeness for pair in pairs if (likeness := alike(texts[pair[0]], texts[pair[1]])) > 0}


def _merged(groups: dict[int, Group]) -> dict[int, Group]:
    """Join the two groups that are most alike in the mean, as long as they are alike enough."""
    waiting = [
        (-value, one, other) for one, group in groups.items() for other, value in group.near.items() if one < other
    ]
    heapq.heapify(waiting)
    fresh = len(groups)
    while waiting:
        value, one, other = heapq.heappop(waiting)
        if -value < ALIKE:
            break
        if one not in groups or other not in groups:
            continue
        first, second = groups[one], groups[other]
        if first.label is not None and second.label is not None:
            continue
        del groups[one], groups[other]
        size = len(first.members) + len(second.members)
        joined = Group(first.members + second.members, second.label if first.label is None else first.label)
        for number in (first.near.keys() | second.near.keys()) - {one, other}:
            if number in groups:
                shares = len(first.members) * first.near.get(number, 0.0) + len(second.members) * second.near.get(
                    number, 0.0
                )
                joined.near[number] = groups[number].near[fresh] = shares / size
                heapq.heappush(waiting, (-joined.near[number], number, fresh))
        groups[fresh] = joined
        fresh += 1
    return groups


def central(places: Sequence[int], texts: Sequence[Meaning]) -> int:
    """The text of a group that says best what all say."""
    return max(places, key=lambda place: (sum(alike(texts[place], texts[other]) for other in places), -place))
