"""What stands around a number: the name before it, the noun behind it, and what it is measured under."""

from __future__ import annotations

import re
from dataclasses import replace

from core.indicators.reading import phrases as p
from core.indicators.reading.characters import MASK
from core.indicators.reading.found import Found
from core.indicators.reading.meaning import Meaning, alike, is_from
from core.indicators.reading.names import tidy_name
from core.indicators.reading.quantities import Quantity

# 实现98%以上的识别率; 99.9 % availability
_NOUN_BEHIND = re.compile(r"\s?的(?P<noun>[一-鿿A-Za-z]{2,12})\s*$")
_ENGLISH_BEHIND = re.compile(r"\s?(?P<noun>[a-z]+(?: [a-z]+)?)\s*$", re.IGNORECASE)
_AT = re.compile(r"\s?(?:@|\bat\b|\bunder\b(?! \d)|\bmeasured\b|\b(?:in|after|during)\b(?= \d))\s?", re.IGNORECASE)


def name_of(between: str, shown: str, found: list[Quantity], offset: int) -> tuple[str, list[str], list[Quantity]]:
    """The name in front of a number, what it is measured under, and the quantities in between."""
    inner = [one for one in found if offset <= one.start and one.end <= offset + len(between)]
    conditions: list[str] = []
    text = shown
    for one in reversed(inner):
        begin, end = one.start - offset, one.end - offset
        lead = re.search(
            r"(?:由|从|自|在|于|\bfrom|\bat|\bin|\bunder|\bafter|\bto|\band)?\s*(?:目前|现有|原来|约|about)?\s*$",
            text[:begin],
            re.IGNORECASE,
        )
        begin_at = lead.start() if lead else begin
        tail = re.match(r"\s*(?:左右|上下)?(?:[^\d,，]{0,12}?(?:条件下|情况下|后|下|时)(?=[一-鿿A-Za-z]))?", text[end:])
        end_at = end + (tail.end() if tail else 0)
        if not is_from(between, replace(one, start=begin, end=end)) or not _alike_any(one, found):
            conditions.insert(0, text[begin_at:end_at].strip(" ,，在于"))
        text = text[:begin_at] + " " + text[end_at:]
    name = tidy_name(text)
    return name, [one for one in conditions if one], inner


def _alike_any(one: Quantity, found: list[Quantity]) -> bool:
    return any(other is not one and other.start > one.end and alike(one, other) for other in found)


def noun_behind(text: str, one: Quantity, name: str, said: Found | None, end: int = 0) -> list[str]:
    """“Recover 95 % of lithium and 98 % of nickel and cobalt”: the thing stands behind, the verb before."""
    if said is None and not name and (noun := _NOUN_BEHIND.match(text, max(one.end, end))):
        return [noun["noun"].strip()]
    if said is None and not name and one.unit == "%" and (noun := _ENGLISH_BEHIND.match(text, one.end)):
        word = noun["noun"].strip()
        return [word] if any(kind.search(word) for kind in (p.LARGE, p.SMALL, p.FINE)) else []
    match = re.compile(
    r"\s*of (?:the )?([a-z][a-z\- ]*?)(?=\s+(?:from|in|at|within|by|with|under|for|after)\b|"
    r"\s+and\s+(?:at\s|no\s|more|less|over|under|about|\d)|[,;.]|\s*$)", re.IGNORECASE).match(text, one.end)  # fmt: skip
    if match is None or one.unit not in ("%", "‰"):
        return []
    verb = p.VERB_NOUN.get(re.sub(r"(?<=[a-z])s$", "", name.lower().split(" ")[0]), "")
    if not verb and said is not None and re.fullmatch(r"(?:of [a-z\- ]+ )?(?:and|,)?", name.strip().lower() or "and"):
        verb = next((noun for noun in p.VERB_NOUN.values() if said.name.endswith(" " + noun)), "")
    if not verb:
        return []
    return [f"{each.strip()} {verb}" for each in re.split(r"\s+and\s+|,\s*", match[1]) if each.strip()]


def tail_of(text: str, one: Quantity, how: Meaning) -> str:
    """What follows the number and limits it: “at 23 °C and 50 % RH”, @100 MHz带宽, 不起泡不粉化."""
    end = max(one.end, how.end)
    stop = len(text)
    match = _AT.match(text, end)
    if match:
        return text[match.end() : stop].replace(MASK, "").strip(" .")
    plain = re.compile(r"\s?((?:不|无|未)[一-鿿]{1,16})").match(text, end)
    return plain[1] if plain else ""
