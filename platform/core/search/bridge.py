"""The bridge between the languages: the terms that stand in a text, in the other language's words.

Longest terms first, so that 固态电池 does not become 电池 as well. The terms are rows: one that is added counts for
every text that is written or searched afterwards. Between chains the same thing has other words as well: a chain's own
synonyms count only for what belongs to the chain.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max

from core.search import words
from core.search.models import Synonym, Term

_SECONDS = 60.0


class Bridge:
    """`other(text)`: the tokens that the text's terms have in the other language, each with a weight of at most 1.

    With `scopes` (ids of chains) the words that other chains use for the text's terms come as well.
    """

    def __init__(self, terms: Iterable[tuple[str, str]], synonyms: Iterable[tuple[str, str, str]] = ()) -> None:
        self._scoped: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for scope, own, elsewhere in synonyms:
            self._scoped[scope].append((own, elsewhere))
        self._english: dict[str, list[str]] = defaultdict(list)
        self._chinese: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for zh, en in terms:
            self._english[words.folded(zh)].append(en)
            if key := tuple(words.latin(en)):
                self._chinese[key].append(zh)
        self._longest_zh = max(map(len, self._english), default=0)
        self._longest_en = max(map(len, self._chinese), default=0)

    def other(self, text: str, scopes: Sequence[str] = ()) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for scope in scopes:
            for own, elsewhere in self._scoped.get(scope, ()):
                if says(text, own):
                    for token in set(words.tokens(elsewhere)):
                        found[token] += 1.0
        for term in self._chinese_terms(words.folded(text)):
            for en in self._english[term]:
                for token in words.latin(en):
                    found[token] += 1 / len(self._english[term])
        for key in self._english_terms(words.latin(text)):
            for zh in self._chinese[key]:
                tokens = set(words.words(zh) + words.pairs(zh))
                for token in tokens:
                    found[token] += 1 / len(self._chinese[key]) / max(1, len(tokens) - 1)
        return dict(found)

    def pairs(self, asked: str, text: str, scopes: Sequence[str] = ()) -> list[Pair]:
        """By which terms a text answers a question that uses other words; what both say themselves is no pair."""
        found = [
            Pair(elsewhere, own, scope)
            for scope in scopes
            for own, elsewhere in self._scoped.get(scope, ())
            if says(asked, elsewhere) and says(text, own) and not says(text, elsewhere)
        ]
        for zh in self._chinese_terms(words.folded(asked)):
            found += [Pair(zh, en, "") for en in self._english[zh] if says(text, en) and not says(text, zh)]
        for key in self._english_terms(words.latin(asked)):
            en = " ".join(key)
            found += [Pair(en, zh, "") for zh in self._chinese[key] if says(text, zh) and not says(text, en)]
        return list(dict.fromkeys(found))

    def _chinese_terms(self, text: str) -> Iterable[str]:
        at = 0
        while at < len(text):
            size = next(
                (n for n in range(min(self._longest_zh, len(text) - at), 0, -1) if text[at : at + n] in self._english),
                0,
            )
            if size:
                yield text[at : at + size]
            at += size or 1

    def _english_terms(self, tokens: list[str]) -> Iterable[tuple[str, ...]]:
        at = 0
        while at < len(tokens):
            longest = min(self._longest_en, len(tokens) - at)
            size = next((n for n in range(longest, 0, -1) if tuple(tokens[at : at + n]) in self._chinese), 0)
            if size:
                yield tuple(tokens[at : at + size])
            at += size or 1


@dataclass(frozen=True)
class Pair:
    """Two words for one thing: the one that was asked, the one that stands there, and in which scope they are the same."""

    asked: str
    found: str
    scope: str


def says(text: str, term: str) -> bool:
    """Whether the term stands in the text: Chinese and mixed ones as they are written, Latin ones as whole words."""
    if words.has_chinese(term):
        return words.folded(term) in words.folded(text)
    key, tokens = words.latin(term), words.latin(text)
    return bool(key) and any(tokens[at : at + len(key)] == key for at in range(len(tokens) - len(key) + 1))


_namers: list[Callable[[], Mapping[str, str]]] = []


def name_scopes(namer: Callable[[], Mapping[str, str]]) -> None:
    """Called once by the room that knows the chains: gives the scopes' names by id."""
    _namers[:] = [namer]


def scope_names() -> Mapping[str, str]:
    """The scopes' names in the reader's language, by id."""
    return _namers[0]() if _namers else {}


_kept: dict[str, tuple[object, float, Bridge]] = {}


def bridge() -> Bridge:
    """The bridge over this database's terms; a new or a dropped term shows at once, a changed one within a minute."""
    name = str(connection.settings_dict["NAME"])
    state = (Term.objects.count(), *Synonym.objects.aggregate(Count("pk"), Max("created_at")).values())
    kept = _kept.get(name)
    if kept is None or kept[0] != state or time.monotonic() - kept[1] > _SECONDS:
        _kept.clear()
        built = Bridge(Term.objects.values_list("zh", "en"), Synonym.objects.values_list("scope", "text", "other"))
        kept = _kept[name] = (state, time.monotonic(), built)
    return kept[2]
