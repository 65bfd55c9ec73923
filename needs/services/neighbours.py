"""The nearest of many undertakings at once, for the nightly round: what `core.search.queries.matching` finds for one, found for thousands.

The search asks the index for one description at a time; for a night's thousands that would take hours. Here the library passes by once, a block
after the other, and every description is ranked against each block: the same words, weights and order, in memory that does not grow with the library.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np

from core.search import queries as search
from core.search.models import Document
from core.search.ranking import K1, B
from needs.queries import undertaking

# Documents of the library that are looked at together.
BLOCK = 10_000


@dataclass
class Asked:
    """One description: its words as numbers with their weights, which of them a candidate must hold one of, and the best so far."""

    row: Document
    words: np.ndarray
    worth: np.ndarray
    rare: np.ndarray
    best: list[tuple[float, UUID]] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """Some documents: by word, which hold it and what it counts there."""

    ids: Sequence[UUID]
    objects: Sequence[UUID]
    owners: Sequence[UUID | None]
    starts: np.ndarray
    places: np.ndarray
    counts: np.ndarray

    def holding(self, words: np.ndarray) -> list[slice]:
        return [slice(self.starts[word], self.starts[word + 1]) for word in words]


def nearest(rows: Sequence[Document], count: int) -> dict[UUID, list[UUID]]:
    """For each document the ids of the `count` documents of living undertakings of others that it matches best, best first."""
    numbers: dict[str, int] = {}
    asked: list[Asked] = []
    questions, average = search.described((row.title, row.text) for row in rows)
    for row, (question, rare) in zip(rows, questions, strict=True):
        at = {token: numbers.setdefault(token, len(numbers)) for token in question.tokens}
        weights = np.fromiter(question.tokens.values(), dtype=np.float64, count=len(at))
        asked.append(Asked(row, _ints(at.values()), weights, _ints(at[token] for token in rare)))
    for block in _blocks(numbers, average):
        for one in asked:
            _look(one, block, count)
    return {one.row.object_id: [pk for _score, pk in one.best] for one in asked}


def _ints(values: Any) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


def _look(one: Asked, block: Block, count: int) -> None:
    """Rank the block's documents for the description and keep the best."""
    held = block.holding(one.rare)
    if not held:
        return
    candidates = np.unique(np.concatenate([block.places[part] for part in held]))
    if not len(candidates):
        return
    parts = block.holding(one.words)
    places = np.concatenate([block.places[part] for part in parts])
    counts = np.concatenate([block.counts[part] * worth for part, worth in zip(parts, one.worth, strict=True)])
    scores = np.bincount(places, counts, minlength=len(block.ids))[candidates]
    # Ties are told apart by id, as the search does.
    for at in np.argsort(-scores, kind="stable"):
        place, score = int(candidates[at]), float(scores[at])
        if len(one.best) >= count and score < one.best[-1][0]:
            break
        if block.owners[place] == one.row.organisation_id or block.objects[place] == one.row.object_id:
            continue
        one.best.append((score, block.ids[place]))
        one.best.sort(key=lambda found: (-found[0], found[1]))
        del one.best[count:]


def _blocks(numbers: Mapping[str, int], average: float) -> Iterator[Block]:
    """The living undertakings that may be matched, a block at a time."""
    alive = Document.objects.filter(undertaking.alive()).exclude(facets__contains={"is_dormant": True})
    rows = alive.values_list("pk", "object_id", "organisation_id", "weights", "length").order_by().iterator(500)
    while (block := _block(islice(rows, BLOCK), numbers, average)).ids:
        yield block


def _block(rows: Iterable[tuple[Any, ...]], numbers: Mapping[str, int], average: float) -> Block:
    """The next documents; of what they weigh only the words that somebody asks for are kept."""
    ids: list[UUID] = []
    objects: list[UUID] = []
    owners: list[UUID | None] = []
    words, places, counts = array("i"), array("i"), array("d")
    for place, (pk, object_id, owner, weights, length) in enumerate(rows):
        ids.append(pk)
        objects.append(object_id)
        owners.append(owner)
        norm = K1 * (1 - B + B * length / max(average, 1))
        for token, weight in weights.items():
            number = numbers.get(token)
            if number is not None:
                words.append(number)
                places.append(place)
                counts.append(weight * (K1 + 1) / (weight + norm))
    of_word = np.array(words, dtype=np.int32)
    order = np.argsort(of_word, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(of_word, minlength=len(numbers)))])
    return Block(
        ids, objects, owners, starts, np.array(places, dtype=np.int32)[order], np.array(counts, dtype=np.float64)[order]
    )


__all__ = ["nearest"]
