"""How alike two undertakings are (R106): what is compared of each, and how the parts add up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.indicators.reading import amounts
from core.search import queries as search
from core.search import words
from core.search.bridge import bridge
from core.search.learning import places_of
from core.search.likeness import THOUGHT_OF, Weighed, likeness, rarities, weighed
from core.search.meaning import cosine
from core.search.models import Document
from core.search.ranking import rarity, weights_of
from needs.queries.undertaking import Facts

# What each part adds, and how much a crowded neighbourhood takes away; chosen on one half of the judged pairs.
WHOLE, TITLE, INDICATORS, AMOUNTS, PLACE, SUPPORT, CROWD = 0.7, 0.2, 0.2, 0.2, 0.15, 2.0, 0.5
# Meaning counts as far as the two lie nearer to each other than so many times what lies around them.
MEANING, STANDS_OUT = 0.4, 1.3
SAME_FIELD = 0.6
# Fewer amounts than so many of the rarest make nothing alike by being the same.
FEW_AMOUNTS = 2.5
_CODE = re.compile(r"[a-z]+-\d{4}-\d+")
_KEPT_WORDS, _KEPT_TEXTS = 200_000, 20_000


@dataclass(frozen=True)
class Undertaking:
    """What is compared of a need, a result or a project: all its words, its title, its indicators, the amounts it states, and where it belongs."""

    whole: Weighed
    title: Weighed
    indicators: Weighed
    place: Weighed
    nodes: frozenset[Any] = frozenset()
    field: str = ""
    amounts: Mapping[str, float] | None = None
    lies: str = ""


@dataclass(frozen=True)
class Crowds:
    """How alike two undertakings are to what lies around each, in words and in meaning: both together."""

    words: float = 0.0
    meaning: float = 0.0


def alike(one: Undertaking, other: Undertaking, crowds: Crowds = Crowds()) -> float:
    """How alike two undertakings are, 0 to 1: goal, meaning, indicators, amounts, field and node."""
    if one.nodes & other.nodes:
        place = 1.0
    else:
        place = likeness(one.place, other.place)
        if one.field and one.field == other.field:
            place = max(place, SAME_FIELD)
    goal = WHOLE * likeness(one.whole, other.whole) + TITLE * likeness(one.title, other.title)
    goal += MEANING * max(0.0, cosine(one.lies, other.lies) - STANDS_OUT * crowds.meaning / 2)
    # Where it belongs and how it is measured support what is said of the goal, and make nothing alike by themselves.
    support = INDICATORS * likeness(one.indicators, other.indicators) + PLACE * place
    support += AMOUNTS * shared_amounts(one.amounts or {}, other.amounts or {})
    return max(0.0, min(1.0, goal + min(support, SUPPORT * goal) - CROWD * crowds.words))


def shared_amounts(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """0 to 1: the amounts that two texts both state, by how rare each is; a single common one says little."""
    both = sum(one[key] ** 2 for key in one.keys() & other.keys())
    if not both:
        return 0.0
    sizes = [sum(weight**2 for weight in amounts_of.values()) for amounts_of in (one, other)]
    return float(min(1.0, both / max((sizes[0] * sizes[1]) ** 0.5, FEW_AMOUNTS)))


class Weigher:
    """Weighs undertakings; how rare a word is and what a text states it asks once, and forgets before it knows too much."""

    def __init__(self) -> None:
        self._rare: dict[str, float] = {}
        self._most = 1.0
        self._stated: dict[tuple[UUID, Any], dict[str, str]] = {}

    def undertakings(self, rows: Sequence[Document], facts: Mapping[UUID, Facts]) -> dict[UUID, Undertaking]:
        """Each document as what is compared of it."""
        parts, span, lies = {}, bridge(), places_of(rows)
        for row in rows:
            known = facts.get(row.object_id, Facts())
            texts = [
                plain(weights_of("", text, span)[0])
                for text in (row.title, known.indicators, f"{known.place} {known.field}")
            ]
            parts[row.object_id] = (row, known, [plain(row.weights), *texts], self._amounts_in(row, known))
        told = {word for _row, _facts, _texts, stated in parts.values() for word in stated.values()}
        self._learn(
            told | {token for _row, _facts, texts, _s in parts.values() for weights in texts for token in weights}
        )
        found = {}
        for pk, (row, known, texts, stated) in parts.items():
            is_chinese = words.has_chinese(row.title + row.text)
            whole, title, indicators, place = (weighed(one, self._rare, is_chinese=is_chinese) for one in texts)
            rare = {key: min(1.0, self._rare[word] / self._most) for key, word in stated.items()}
            found[pk] = Undertaking(
                whole, title, indicators, place, known.nodes, known.field, rare, lies.get(row.object_id, "")
            )
        return found

    def wholes(self, rows: Sequence[Document]) -> dict[UUID, Weighed]:
        """All that each document says, as a text to compare."""
        plain_ones = {row.object_id: plain(row.weights) for row in rows}
        self._learn({token for weights in plain_ones.values() for token in weights})
        return {
            row.object_id: weighed(
                plain_ones[row.object_id], self._rare, is_chinese=words.has_chinese(row.title + row.text)
            )
            for row in rows
        }

    def _amounts_in(self, row: Document, facts: Facts) -> dict[str, str]:
        """What the document states, read once while it does not change."""
        key = (row.object_id, row.updated_at)
        if key not in self._stated:
            if len(self._stated) > _KEPT_TEXTS:
                self._stated.clear()
            title = _CODE.sub(" ", words.folded(row.title))
            self._stated[key] = amounts(f"{facts.indicators}\n{title}\n{row.text}")
        return self._stated[key]

    def _learn(self, tokens: set[str]) -> None:
        if len(self._rare) > _KEPT_WORDS:
            self._rare.clear()
        unknown = tokens - set(self._rare)
        if unknown:
            documents, holding = search.holding_of(sorted(unknown))
            self._rare |= rarities(documents, holding)
            self._most = rarity(documents + THOUGHT_OF, 1)


def plain(weights: Mapping[str, float]) -> dict[str, float]:
    """Without the running numbers, which tell nothing."""
    return {token: weight for token, weight in weights.items() if not _CODE.fullmatch(token)}
