"""How alike two texts are, whatever language each is written in: for clusters of complaints and for research done twice.

A text is weighed like a document of the search (title before text, the bridge's words beside its own), each word by how rare it is
among what all members may read and among the texts that are compared. Likeness is the cosine of the two.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.search.bridge import bridge
from core.search.queries import holding_of
from core.search.ranking import K1, rarity, weights_of


@dataclass(frozen=True)
class Weighed:
    """A text as its words' weights, of length one together; `words` says what two texts share."""

    tokens: Mapping[str, float]


def weigh_texts(texts: Sequence[tuple[str, str]]) -> list[Weighed]:
    """Each (title, text) weighed, for `likeness`; an empty text is like nothing."""
    span = bridge()
    found = [weights_of(title, text, span)[0] for title, text in texts]
    among = Counter(token for weights in found for token in weights)
    documents, holding = holding_of(list(among))
    total = documents + len(found)
    rare = {token: rarity(total, min(total, holding.get(token, 0) + count)) for token, count in among.items()}
    return [normed({token: saturated(weight) * rare[token] for token, weight in weights.items()}) for weights in found]


def saturated(weight: float) -> float:
    """A word said ten times does not weigh ten times as much."""
    return weight * (K1 + 1) / (weight + K1)


def normed(weights: Mapping[str, float]) -> Weighed:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return Weighed({token: weight / length for token, weight in weights.items()} if length else {})


def likeness(one: Weighed, other: Weighed) -> float:
    """0 (nothing in common) to 1 (the same words)."""
    return min(1.0, sum(share for _token, share in shared(one, other)))


def shared(one: Weighed, other: Weighed) -> list[tuple[str, float]]:
    """The words both have, with what each adds to the likeness, most telling first."""
    small, large = sorted((one.tokens, other.tokens), key=len)
    rows = [(token, weight * large[token]) for token, weight in small.items() if token in large]
    return sorted(rows, key=lambda row: (-row[1], row[0]))
