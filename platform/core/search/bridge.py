"""The bridge between the languages: the terms that stand in a text, in the other language's words.

Longest terms first, so that 固态电池 does not become 电池 as well. The terms are rows: one that is added counts for
every text that is written or searched afterwards.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from core.search import words
from core.search.models import Term

_SECONDS = 60.0


class Bridge:
    """`other(text)`: the tokens that the text's terms have in the other language, each with a weight of at most 1."""

    def __init__(self, terms: Iterable[tuple[str, str]]) -> None:
        self._english: dict[str, list[str]] = defaultdict(list)
        self._chinese: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for zh, en in terms:
            self._english[words.folded(zh)].append(en)
            if key := tuple(words.latin(en)):
                self._chinese[key].append(zh)
        self._longest_zh = max(map(len, self._english), default=0)
        self._longest_en = max(map(len, self._chinese), default=0)

    def other(self, text: str) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
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


_kept: dict[str, tuple[int, float, Bridge]] = {}


def bridge() -> Bridge:
    """The bridge over this database's terms; a new or a dropped term shows at once, a changed one within a minute."""
    name, count = str(connection.settings_dict["NAME"]), Term.objects.count()
    kept = _kept.get(name)
    if kept is None or kept[0] != count or time.monotonic() - kept[1] > _SECONDS:
        _kept.clear()
        kept = _kept[name] = (count, time.monotonic(), Bridge(Term.objects.values_list("zh", "en")))
    return kept[2]
