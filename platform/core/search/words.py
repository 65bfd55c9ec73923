"""Cutting text into what is searched: jieba's words and overlapping pairs of Chinese characters, Latin words folded.

Two-character words such as 充电 defeat trigrams, and a dictionary misses new terms; words and pairs together find both.
"""

from __future__ import annotations

import re
import unicodedata

import rjieba

_CJK = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9][a-z0-9.+\-/]*[a-z0-9]|[a-z0-9]")
_LIMIT = 20_000


def folded(text: str) -> str:
    """Full width to half, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def has_chinese(text: str) -> bool:
    return bool(_CJK.search(text))


def latin(text: str) -> list[str]:
    """Latin words and numbers; a plural s is dropped so that batteries of one kind meet a battery."""
    return [_stem(word) for word in _LATIN.findall(folded(text))]


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if len(word) > len(ending) + 3 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def pairs(text: str) -> list[str]:
    """Overlapping pairs of neighbouring Chinese characters."""
    found = []
    for run in _CJK.findall(folded(text)):
        found += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    return found


def words(text: str) -> list[str]:
    """Jieba's words of more than one character."""
    cut = rjieba.cut(" ".join(_CJK.findall(folded(text[:_LIMIT]))))
    return [word for word in cut if len(word) > 1 and _CJK.match(word)]


def tokens(text: str) -> list[str]:
    """Everything that is indexed of a text."""
    text = text[:_LIMIT]
    return latin(text) + words(text) + pairs(text)
