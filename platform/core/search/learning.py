"""Learning where words lie, from the library's own text: a truncated singular value decomposition of what its documents weigh.

Words that stand in the same documents, or in documents with the same words, come to lie near each other (Deerwester and others, 1990). Only what all
members may read is learnt from, so that no neighbourhood tells of a restricted text. The decomposition is the randomised one of Halko, Martinsson and
Tropp (2011), over blocks, so that memory stays bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Max, QuerySet

from core.search.meaning import forget, learnt, signs_of
from core.search.models import SIGNS, Document, Learnt, LearntWord, Visibility
from core.search.ranking import K1, rarity

DIMENSIONS = 50
# From fewer documents nothing is learnt, and never from more: a sample of them, by their random ids.
LEAST_DOCUMENTS, MOST_DOCUMENTS = 150, 20_000
# The words that most documents hold, of those that at least two hold.
MOST_WORDS = 60_000
# When so much of the library is new, it is learnt anew.
GROWN = 0.1
_BLOCK = 100_000
_SPARE, _TURNS = 10, 4


@dataclass(frozen=True)
class Sparse:
    """A matrix by rows: the columns and values of each row stand between two starts. No row is empty."""

    starts: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    width: int

    def times(self, dense: np.ndarray) -> np.ndarray:
        """The product with a dense matrix."""
        found = np.empty((len(self.starts) - 1, dense.shape[1]), dtype=np.float32)
        for first, last in self._blocks():
            at, end = self.starts[first], self.starts[last]
            part = self.values[at:end, None] * dense[self.columns[at:end]]
            found[first:last] = np.add.reduceat(part, self.starts[first:last] - at, axis=0)
        return found

    def turned(self) -> Sparse:
        """The transposed matrix; no column may be empty."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.columns, minlength=self.width))])
        return Sparse(starts, rows[order], self.values[order], len(self.starts) - 1)

    def _blocks(self) -> Iterator[tuple[int, int]]:
        first, rows = 0, len(self.starts) - 1
        while first < rows:
            last = int(np.searchsorted(self.starts, self.starts[first] + _BLOCK, side="right")) - 1
            last = min(max(last, first + 1), rows)
            yield first, last
            first = last


def directions(matrix: Sparse, count: int, seed: int = 1) -> np.ndarray:
    """The right singular vectors of the largest singular values, one a column, each with its largest part above zero."""
    draw, turned = np.random.default_rng(seed), matrix.turned()
    count = min(count, matrix.width, len(matrix.starts) - 1)
    width = min(count + _SPARE, matrix.width, len(matrix.starts) - 1)
    basis = np.linalg.qr(matrix.times(draw.standard_normal((matrix.width, width)).astype(np.float32)))[0]
    for _turn in range(_TURNS):
        basis = np.linalg.qr(matrix.times(np.linalg.qr(turned.times(basis))[0]))[0]
    right = np.linalg.svd(turned.times(basis).T, full_matrices=False)[2][:count].T
    largest = right[np.abs(right).argmax(axis=0), np.arange(right.shape[1])]
    return np.asarray(right * np.sign(largest))


def learn() -> int:
    """Learn from the library if there is enough of it and enough is new; gives from how many documents."""
    rows = _common()
    documents = rows.count()
    last = Learnt.objects.order_by("-number").first()
    if documents < LEAST_DOCUMENTS or (last and abs(documents - last.documents) < GROWN * last.documents):
        return 0
    weights = [
        one for one in rows.order_by("pk").values_list("weights", flat=True)[:MOST_DOCUMENTS].iterator(2000) if one
    ]
    holding = Counter(token for one in weights for token in one)
    kept = sorted((-count, token) for token, count in holding.items() if count > 1)[:MOST_WORDS]
    rare = {token: rarity(len(weights), -count) for count, token in kept}
    words, matrix = list(rare), _matrix(weights, rare)
    vectors = directions(matrix, DIMENSIONS).astype(np.float32)
    planes = np.random.default_rng(2).standard_normal((vectors.shape[1], SIGNS)).astype(np.float32)
    with transaction.atomic():
        number = (Learnt.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        made = Learnt.objects.create(number=number, documents=documents, planes=planes.tobytes())
        LearntWord.objects.bulk_create(
            (LearntWord(learnt=made, token=token, rarity=rare[token], vector=vectors[at].tobytes()) for at, token in enumerate(words)), 2000
        )  # fmt: skip
    forget()
    return len(weights)


def _common() -> QuerySet[Document]:
    return Document.objects.filter(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS], length__gt=0)


def _worth(weights: Mapping[str, float], rare: Mapping[str, float]) -> dict[str, float]:
    """What each known word of a document counts: a word said ten times does not count ten times as much."""
    return {
        token: weight * (K1 + 1) / (weight + K1) * rare[token] for token, weight in weights.items() if token in rare
    }


def _matrix(documents: list[dict[str, float]], rare: Mapping[str, float]) -> Sparse:
    """The documents by rows, each of length one; what holds no known word is left out."""
    at = {token: place for place, token in enumerate(rare)}
    starts, columns, values = [0], [], []
    for one in documents:
        worth = _worth(one, rare)
        row = np.fromiter(worth.values(), dtype=np.float32, count=len(worth))
        if not row.any():
            continue
        columns.append(np.fromiter((at[token] for token in worth), dtype=np.int64, count=len(worth)))
        values.append(row / np.linalg.norm(row))
        starts.append(starts[-1] + len(worth))
    return Sparse(np.array(starts), np.concatenate(columns), np.concatenate(values), len(at))


def place_some(limit: int = 500) -> int:
    """Give documents that lie nowhere, or where an earlier lesson put them, their place; gives how many. Two at once take different ones."""
    known = learnt()
    if known is None:
        return 0
    number, planes = known
    with transaction.atomic():
        waiting = Document.objects.filter(place_of__lt=number, length__gt=0).order_by("place_of")
        rows = list(waiting.select_for_update(skip_locked=True).only("id", "weights")[:limit])
        for row, place in zip(rows, places_in(rows, number, planes), strict=True):
            row.place, row.place_of = place or None, number
        Document.objects.bulk_update(rows, ["place", "place_of"])
    if len(rows) < limit:
        Learnt.objects.filter(number__lt=number).delete()
    return len(rows)


def places_in(rows: Sequence[Document], number: int, planes: np.ndarray) -> list[str]:
    """Where each document lies in what was learnt under this number; empty for one that says nothing it knows."""
    tokens = {token for row in rows for token in row.weights}
    found = LearntWord.objects.filter(learnt__number=number, token__in=tokens)
    rare, lies = {}, {}
    for token, how_rare, kept in found.values_list("token", "rarity", "vector"):
        rare[token], lies[token] = how_rare, np.frombuffer(kept, dtype=np.float32)
    places = []
    for row in rows:
        vector = np.zeros(planes.shape[0], dtype=np.float32)
        for token, worth in _worth(row.weights, rare).items():
            vector += np.float32(worth) * lies[token]
        places.append(signs_of(vector, planes))
    return places


def places_of(rows: Sequence[Document]) -> dict[UUID, str]:
    """Where each document lies by its object's id, those as well that have no place yet; nowhere while nothing is learnt."""
    known = learnt()
    if known is None:
        return {}
    found = {row.object_id: row.place or "" for row in rows if row.place_of == known[0]}
    waiting = [row for row in rows if row.object_id not in found]
    if waiting:
        found |= zip((row.object_id for row in waiting), places_in(waiting, *known), strict=True)
    return found
