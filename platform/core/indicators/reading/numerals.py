"""Numbers in words: 三成, 三分之一, 百分之五, 一半, 一个数量级, 不少于三台, fewer than one."""

from __future__ import annotations

import re
from decimal import Decimal

_CHINESE = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}
_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"
PART = re.compile(
    rf"(?P<den>十万|百万|千万|万|亿|{_NUMERAL})分之(?P<num>{_NUMERAL}|\d+(?:\.\d+)?)|"
    rf"(?P<tenths>{_NUMERAL})成(?P<half>半)?|(?P<halved>一半|过半)|(?P<times>{_NUMERAL})倍|"
    rf"(?P<orders>[一两二三四五六]|\d)个数量级"
)
# A change said without a number: 翻一番, 减半, doubled, halved.
SAID_CHANGE = re.compile(
    r"(?P<fan>翻(?:了)?(?P<folds>[一两三])?番)|(?P<half>(?:减|降)半)|(?i:\b(?P<halved>halv(?:e|es|ed|ing))\b)|"
    r"(?i:\b(?P<twice>doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|quadrupl(?:e|es|ed|ing))\b(?! from))"
)
# A numeral counts only right behind a comparison: 一次合格率 is a name, 不少于三台 is a number.
COUNTED = re.compile(
    rf"(?<=[于过达到足至])(?P<n>{_NUMERAL})(?=[万亿]?(?:个|台|套|次|项|种|年|月|天|日|小时|分钟|秒|家|件|人|名|条|倍|轮|批))"
)
ENGLISH: dict[str, Decimal] = {
    "one": Decimal(1), "two": Decimal(2), "three": Decimal(3), "four": Decimal(4), "five": Decimal(5), "six": Decimal(6), "seven": Decimal(7),
    "eight": Decimal(8), "nine": Decimal(9), "ten": Decimal(10), "twelve": Decimal(12), "twenty": Decimal(20),
    "half": Decimal("0.5"), "a half": Decimal("0.5"), "a third": Decimal(1) / 3, "one third": Decimal(1) / 3, "a quarter": Decimal("0.25"),
    "one quarter": Decimal("0.25"), "two thirds": Decimal(2) / 3, "three quarters": Decimal("0.75"),
}  # fmt: skip
for _count, _many in (("a", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4)):
    for _part, _of in (("third", 3), ("quarter", 4), ("fifth", 5), ("sixth", 6), ("eighth", 8), ("tenth", 10)):
        if _many < _of:
            ENGLISH[f"{_count} {_part}{'s' if _many > 1 else ''}"] = Decimal(_many) / _of
ENGLISH_NUMBER = re.compile(
    r"\b(?:than|least|most|exceeds?|within|below|under|over|above|by|to|of)\s+("
    + "|".join(sorted(ENGLISH, key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)


def parts(den: str) -> int:
    large = {"万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
    return large.get(den) or numeral(den)


def numeral(text: str) -> int:
    """三十五 as 35; 百 and 千 alone count as one of them."""
    total = current = 0
    for char in text:
        if char in ("百", "千", "十"):
            size = {"十": 10, "百": 100, "千": 1000}[char]
            total += (current or 1) * size
            current = 0
        else:
            current = current * 10 + _CHINESE[char]
    return total + current
