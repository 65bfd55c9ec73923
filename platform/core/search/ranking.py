"""What a token weighs in a document and in a question: a BM25 over title, text and the bridge's words.

A token of the title counts more than one of the text; a word that only the bridge brings counts less than one that stands there.
The saturation and the length norm are BM25's (Robertson and Zaragoza, 2009); the score itself is the database's function
`search_score`, so that only rows the reader may see are ranked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.search import words
from core.search.bridge import Bridge

TITLE, BRIDGED, BRIDGED_ASKED = 2.2, 0.8, 0.5
K1, B = 1.2, 0.6
# A row must score this share of what the question's own words weigh, or it is not found at all.
CUT = 0.2


def weights_of(title: str, text: str, bridge: Bridge, scopes: Sequence[str] = ()) -> tuple[dict[str, float], float]:
    """The weight of every token of a document, and its length; `scopes` are the chains it belongs to."""
    found: Counter[str] = Counter()
    for token in words.tokens(title):
        found[token[:100]] += TITLE  # type: ignore[assignment]  # a Counter of weights
    for token in words.tokens(text):
        found[token[:100]] += 1
    length = float(sum(found.values()))
    for part, weight in ((title, TITLE), (text, 1.0)):
        for token, share in bridge.other(part[:20_000], scopes).items():
            found[token[:100]] += share * weight * BRIDGED  # type: ignore[assignment]
    return {token: round(float(weight), 3) for token, weight in found.items()}, length


def asked_of(text: str, bridge: Bridge) -> tuple[dict[str, float], set[str]]:
    """The weight of every token of a question, and which of them are its own."""
    own = Counter(token[:100] for token in words.tokens(text))
    asked = {token: float(count) for token, count in own.items()}
    for token, share in bridge.other(text).items():
        asked[token[:100]] = asked.get(token[:100], 0.0) + share * BRIDGED_ASKED
    return asked, set(own)


@dataclass(frozen=True)
class Question:
    """A question weighed by how rare its words are."""

    tokens: dict[str, float]
    least: float

    @property
    def is_empty(self) -> bool:
        return not self.tokens


def rarity(documents: int, holding: int) -> float:
    """BM25's inverse document frequency, never below zero."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def weigh(asked: dict[str, float], own: set[str], documents: int, holding: dict[str, int]) -> Question:
    """The question with each token's weight times its rarity.

    A word that no common document holds may stand in one that only the reader's organisation sees: it ranks as the rarest,
    but it is not asked for.
    """
    tokens = {
        token: round(weight * rarity(documents, min(documents, max(1, holding.get(token, 0)))), 4)
        for token, weight in asked.items()
    }
    return Question(
        tokens, CUT * sum(weight for token, weight in tokens.items() if token in own and holding.get(token))
    )
