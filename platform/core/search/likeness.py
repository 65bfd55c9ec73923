"""How alike two texts are, whatever language each is written in: for clusters of complaints and for research done twice.

A text is weighed like a document of the search (title before text, the bridge's words beside its own), each word by how rare it is
among what all members may read and among the texts that are compared. Likeness is the cosine of the two; across languages only the
words of the bridge can agree, so that the same agreement counts for more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.search import words
from core.search.bridge import bridge
from core.search.queries import holding_of
from core.search.ranking import K1, rarity, weights_of

# In a small library every word looks rare or common by chance: so many more texts are thought of, half of which hold each common word.
THOUGHT_OF = 200
ACROSS_LANGUAGES = 1.7
_COMMON_WORDS = (
    "技术 提高 提升 研究 开发 研发 实现 采用 需要 要求 希望 目前 现有 进行 降低 解决 问题 方案 系统 产品 企业 国内 应用 生产 设备 性能 "
    "达到 满足 高于 低于 以上 以下 不低于 不高于 不小于 不大于 以及 同时 能够 可以 关键 工艺 材料 成本 指标 目标 "
    "a an and are as at be by for from has in is it its no not of on or our per than that the this to under up with without within "
    "into must need system technology develop improve low high new more less cost at least"
)
COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True)
class Weighed:
    """A text as its words' weights, together of length one."""

    tokens: Mapping[str, float]
    is_chinese: bool = True


def weigh_texts(texts: Sequence[tuple[str, str]]) -> list[Weighed]:
    """Each (title, text) weighed, for `likeness`; an empty text is like nothing."""
    span = bridge()
    found = [weights_of(title, text, span)[0] for title, text in texts]
    among = Counter(token for weights in found for token in weights)
    documents, holding = holding_of(list(among))
    counts = {token: holding.get(token, 0) + count for token, count in among.items()}
    rare = rarities(documents + len(found), counts)
    return [
        weighed(weights, rare, is_chinese=words.has_chinese(title + text))
        for weights, (title, text) in zip(found, texts, strict=True)
    ]


def rarities(documents: int, holding: Mapping[str, int]) -> dict[str, float]:
    """How much each word tells, when so many of the documents hold it."""
    total = documents + THOUGHT_OF
    return {
        token: rarity(total, min(total, count + (THOUGHT_OF // 2 if token in COMMON else 0)))
        for token, count in holding.items()
    }


def weighed(weights: Mapping[str, float], rare: Mapping[str, float], *, is_chinese: bool) -> Weighed:
    """A document's own weights as a text to compare; a word said ten times does not weigh ten times as much."""
    found = {token: weight * (K1 + 1) / (weight + K1) * rare[token] for token, weight in weights.items()}
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return Weighed({token: weight / length for token, weight in found.items()} if length else {}, is_chinese)


def product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The scalar product of two maps of weights."""
    small, large = sorted((one, other), key=len)
    return math.fsum(weight * large[token] for token, weight in small.items() if token in large)


def likeness(one: Weighed, other: Weighed) -> float:
    """0 (nothing in common) to 1 (the same words)."""
    found = product(one.tokens, other.tokens)
    return min(1.0, found if one.is_chinese == other.is_chinese else found * ACROSS_LANGUAGES)


def shared(one: Weighed, other: Weighed) -> list[tuple[str, float]]:
    """The words both have, with what each adds to the likeness, most telling first."""
    small, large = sorted((one.tokens, other.tokens), key=len)
    rows = [(token, weight * large[token]) for token, weight in small.items() if token in large]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def crowded(likenesses: Iterable[float], *, nearest: int = 10) -> float:
    """How alike a text is to its nearest neighbours on average: what much else resembles resembles nothing in particular."""
    best = sorted(likenesses, reverse=True)[:nearest]
    return math.fsum(best) / nearest
