"""How strong a password is, by what it would cost to guess it; and whether it is one that everybody knows.

Each part of the password costs what the cheapest way to come upon it costs, in bits: a word of the list of common passwords, a run such as
`aaaa` or `4567`, keys beside each other, a year, something of the person's own, something typed before, and else one character after the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log2
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError

from core.accounts.passwords import MAXIMUM

REFUSED, WEAK, FAIR, GOOD, STRONG = range(5)
FROM = {FAIR: 45, GOOD: 55, STRONG: 80}  # bits
LONGEST = 20  # of a part that is looked up
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb", "1234567890")
SPELT = str.maketrans("@430!15$7", "aaeoiisst")
YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class Strength:
    """From refused (0) to strong (4), and in words why it would be refused."""

    level: int
    reasons: list[str]


def strength_of(password: str, person: Any = None) -> Strength:
    """How strong this password is, for this person if known (ASVS 2.1.8)."""
    try:
        validate_password(password, person)
    except ValidationError as refused:
        return Strength(REFUSED, list(refused.messages))
    found = bits(password, _own(person))
    return Strength(max((level for level, least in FROM.items() if found >= least), default=WEAK), [])


def is_common(password: str) -> bool:
    """Whether it is among the passwords that everybody tries first."""
    return password.strip().lower() in _common()


@lru_cache(maxsize=1)
def _common() -> Collection[str]:
    """The list that the rules hold in memory already."""
    held = [one for one in get_default_password_validators() if isinstance(one, CommonPasswordValidator)]
    return held[0].passwords if held else ()


def bits(password: str, own: Collection[str] = ()) -> float:
    """The cheapest way through the password, part by part."""
    text = password[:MAXIMUM]
    cost = [0.0]
    for end in range(1, len(text) + 1):
        ways = [cost[end - 1] + _of_character(text[end - 1])]
        for start in range(max(0, end - LONGEST), end - 2):
            ways += [cost[start] + one for one in _of_part(text[start:end], text[:start], own)]
        cost.append(min(ways))
    return cost[-1]


def _of_part(part: str, before: str, own: Collection[str]) -> Iterator[float]:
    """What each way to come upon the part costs; parts have three characters or more."""
    lower = part.lower()
    spelt = lower.translate(SPELT)
    extra = (part != lower) + 0.0
    if lower in own:
        yield 2 + extra
    if lower in before.lower():
        yield 2 + log2(len(before)) + extra
    if YEAR.fullmatch(part):
        yield 7
    steps = {ord(b) - ord(a) for a, b in pairwise(part)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        yield _of_character(part[0]) + 1 + log2(len(part))
    if len(part) > 3 and any(lower in row or lower in row[::-1] for row in ROWS):
        yield 4 + log2(len(part)) + extra
    common = _common()
    for word, more in ((lower, 0), (spelt, 1)):
        if word in common:
            yield log2(len(common)) + extra + more


def _of_character(one: str) -> float:
    """Less than chance would give: people write words, not letters at random."""
    if one.isdigit():
        return 3.3
    if one.isascii() and one.isalpha():
        return 3.5 if one.islower() else 4.5
    return 5.0 if one.isascii() else 7.0


def _own(person: Any) -> frozenset[str]:
    """What everybody knows of the person: name and address, whole and in parts."""
    known = [str(getattr(person, name, "") or "").lower() for name in ("name", "email")]
    parts = [part for one in known for part in re.split(r"\W+", one)]
    return frozenset(one for one in known + parts if len(one) > 2)
