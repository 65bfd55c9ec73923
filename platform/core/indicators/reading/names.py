"""The name of what is measured: without duties, verbs, comparisons and joining words around it."""

from __future__ import annotations

import re

from core.indicators.reading import phrases as p
from core.indicators.reading.characters import MASK

CJK = re.compile(r"[一-鿿]")
_COMPARISON_END = re.compile(r"\s*(?:[≥≤<>=]|不低于|不高于|达到|优于|高于|低于)\s*$")


def tidy_name(text: str) -> str:
    """A name without duties, verbs, comparisons and joining words around it."""
    name = _COMPARISON_END.sub("", text.replace(MASK, "")).strip(" ,，、:：;；.。()（）-~")
    while True:
        shorter = p.LEADING.sub("", name)
        shorter = p.COMPARED.sub("", shorter).rstrip()
        shorter = (
            p.MODAL.sub("", shorter)
            if re.search(r"(?:^|[^A-Za-z])[A-Za-z]+$", shorter) or CJK.search(shorter[-1:] or " ")
            else shorter
        )
        shorter = shorter.strip(" ,，、:：;；.()-~=@/")
        if shorter == name:
            break
        name = shorter
    if name.isascii():
        name = re.sub(rf"^(?:{p.UP}|{p.DOWN})\s+(?:the )?", "", name, flags=re.IGNORECASE)
    name = re.sub(r"\s{2,}", " ", re.sub(r"^.*\bwith\s+", "", name, flags=re.IGNORECASE)).strip()
    name = re.sub(
        r"\s+(?:of|to|in|at|is|be|by|from|for|are|and|with|a|an|the|shall|must|should|will|time from|has)$",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return re.sub(r"(?:的|为|是|在|至|到|由|从|比|较)$", "", name).strip()


def is_nameable(name: str) -> bool:
    """A bare number is an indicator only behind a name that is no number and no time adverb."""
    return (
        not re.search(r"\d", re.sub(r"[A-Za-z]+-?\d+", "", name))
        and not re.fullmatch(r"(?:每|第|前|后|近|未来|近?期|共|计|约|about|some|the)+", name)
        and len(name) >= 2
    )


def similar(one: str, other: str) -> bool:
    return (
        not one
        or not other
        or one in other
        or other in one
        or len(set(one) & set(other)) * 2 >= min(len(set(one)), len(set(other)))
    )


def same_thing(one: str, other: str) -> bool:
    """Whether one name is the other with more said in front: 平均机械钻速 and 新型钻头机械钻速, but not 废水COD and 废气COD."""
    if one in other or other in one:
        return bool(one and other)
    shared = 0
    while shared < min(len(one), len(other)) and one[-1 - shared] == other[-1 - shared]:
        shared += 1
    return shared >= 4 and bool(CJK.search(one[-shared:]))
