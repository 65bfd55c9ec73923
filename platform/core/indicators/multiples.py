"""What “up 2 times” may mean: ×2 or ×3; a person chooses, nobody guesses (N3)."""

from __future__ import annotations

import re
from decimal import Decimal

from core.indicators.reading.numerals import numeral
from core.indicators.reading.phrases import CHANGED

_NUMBER = r"(?P<digits>\d+(?:\.\d+)?)|(?P<words>[零〇一二两三四五六七八九十百]+)"
_MULTIPLE = re.compile(rf"(?:{_NUMBER})\s*(?:倍|[- ]?fold\b|times?\b|[x×](?![a-z0-9]))", re.IGNORECASE)
_UP = re.compile(r"\bup(?: by)?\s*$", re.IGNORECASE)
_DOUBLED = re.compile(r"翻(?:了)?(?P<times>[一两二三])?番|doubl(?:e|ed|es|ing)\b|翻倍", re.IGNORECASE)
# What follows decides as well: three times as high, 三倍于原来.
_AS = re.compile(r"\s*(?:于|as\b|the\b|of\b)", re.IGNORECASE)


def readings(words: str) -> list[Decimal]:
    """The factors that the words may mean, the stricter one first; empty where they speak of no multiple.

    提升2倍 is ×3 strictly and ×2 loosely; 提升到2倍, 翻一番 and “doubled” can only mean one.
    """
    found = _MULTIPLE.search(words)
    if found is None:
        doubled = _DOUBLED.search(words)
        if doubled is None:
            return []
        times = doubled.groupdict().get("times")
        return [Decimal(2) ** (numeral(times) if times else 1)]
    number = Decimal(found["digits"]) if found["digits"] else Decimal(numeral(found["words"]))
    if number <= 0:
        return []
    before = words[: found.start()]
    changed = CHANGED.search(before)
    if changed is None and _UP.search(before):
        return [number + 1, number]
    if changed is None or changed["to"] or changed["of"] or _AS.match(words[found.end() :]):
        return [number]
    return [number + 1, number] if changed["up"] and number != 1 else [number + 1] if changed["up"] else []


def is_multiple(words: str) -> bool:
    """Whether the words speak of a multiple, in either direction."""
    return bool(_MULTIPLE.search(words) or _DOUBLED.search(words))
