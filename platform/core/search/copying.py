"""How much of one text stands in another word for word (Broder, 1997), and the longest passage that both share.

What both took from the call that they answer says nothing, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from core.search.words import folded

# So many words (of Chinese: characters) in a row are a passage; a text with fewer than so many passages is not compared.
WINDOW, LEAST = 8, 12
_UNIT = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
# So much of a text is compared; and so much is looked through for the longest passage, which costs the square of it.
_READ, _SHOWN = 20_000, 6_000
_AROUND = " \n\t,.;:，。；：、"


def passages(text: str) -> set[tuple[str, ...]]:
    """Every run of so many words or characters that stand next to each other."""
    units = _UNIT.findall(folded(text[:_READ]))
    return {tuple(units[at : at + WINDOW]) for at in range(len(units) - WINDOW + 1)}


def copied(one: set[tuple[str, ...]], other: set[tuple[str, ...]], given: Iterable[tuple[str, ...]] = ()) -> float:
    """The share of the shorter text's passages that stand in the other as well, 0 to 1; without those that were given to both."""
    left = set(given)
    one, other = one - left, other - left
    size = min(len(one), len(other))
    return len(one & other) / size if size >= LEAST else 0.0


def longest_shared(one: str, other: str) -> str:
    """The longest passage that stands in both, as the first writes it; empty when it is no passage."""
    one, other = one[:_SHOWN], other[:_SHOWN]
    found = SequenceMatcher(None, folded_same(one), folded_same(other), autojunk=False).find_longest_match()
    passage = one[found.a : found.a + found.size].strip(_AROUND)
    return passage if passages(passage) else ""


def folded_same(text: str) -> str:
    """The text in small letters, every character in its place."""
    return text.translate({ord(one): one.lower() for one in set(text) if len(one.lower()) == 1})
