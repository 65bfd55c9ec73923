"""Where texts lie in the space that was learnt from the library, so that what means the same is found in other words.

A text's place is written as the signs of its scalar products with random planes: two places differ in a share of their signs that is the
angle between them over a half-turn (Charikar, 2002), and counting differing bits is something plain PostgreSQL does fast.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db.models import Case, Expression, F, FloatField, Func, IntegerField, QuerySet, Value, When

from core.search.models import SIGNS, Document, Learnt, LearntWord, Signs, Visibility

# A document is found by its meaning from this cosine on, and only the nearest so many.
LEAST_LIKE, NEAREST = 0.5, 50
FARTHEST = math.floor(SIGNS * math.acos(LEAST_LIKE) / math.pi)
# What the best meaning adds to a score, as a share of what the question's own words weigh.
SHARE = 1.0
_KEY = "search-learnt"


def learnt() -> tuple[int, np.ndarray] | None:
    """The number and the planes of what was learnt last; None while the library is too small to learn from."""
    kept: tuple[int, bytes] | None = cache.get(_KEY)
    if kept is None:
        found = Learnt.objects.order_by("-number").values_list("number", "planes").first()
        kept = (found[0], bytes(found[1])) if found else (0, b"")
        cache.set(_KEY, kept, 60)
    number, planes = kept
    return (number, np.frombuffer(planes, dtype=np.float32).reshape(-1, SIGNS)) if number else None


def forget() -> None:
    """Look again what was learnt last."""
    cache.delete(_KEY)


def signs_of(vector: np.ndarray, planes: np.ndarray) -> str:
    """The signs as bits; empty where the vector says nothing."""
    return "".join("1" if one else "0" for one in vector @ planes > 0) if vector.any() else ""


def place_of(weights: Mapping[str, float], number: int, planes: np.ndarray) -> str:
    """The place of a text by the plain weights of its words; how rare each is was learnt with it."""
    vector = np.zeros(planes.shape[0], dtype=np.float32)
    rows = LearntWord.objects.filter(learnt__number=number, token__in=list(weights))
    for token, rarity, learnt_vector in rows.values_list("token", "rarity", "vector"):
        vector += weights[token] * rarity * np.frombuffer(learnt_vector, dtype=np.float32)
    return signs_of(vector, planes)


def cosine(place: str, other: str) -> float:
    """The cosine between two places, none below zero; zero where one lies nowhere."""
    if not place or not other:
        return 0.0
    return max(0.0, math.cos(math.pi * (int(place, 2) ^ int(other, 2)).bit_count() / SIGNS))


def far_from(place: str) -> Expression:
    """In how many signs a document's place differs."""
    asked = Value(place, output_field=Signs())
    return Func(F("place"), asked, template="bit_count(%(expressions)s)", arg_joiner=" # ", output_field=IntegerField())


def likeness_to(place: str, number: int) -> Expression:
    """The cosine between a document's place and this one, none below zero; zero for what has no place yet."""
    cosine = Func(
        far_from(place), template=f"greatest(0.0, cos(pi() * (%(expressions)s) / {SIGNS}))", output_field=FloatField()
    )
    return Case(When(place_of=number, place__isnull=False, then=cosine), default=Value(0.0), output_field=FloatField())


def nearest(
    place: str, number: int, organisation: UUID | None, *, kinds: Iterable[str] = (), shared: Iterable[str]
) -> list[UUID]:
    """The documents that lie nearest, at most `NEAREST` of those everybody like the reader may find and as many of the reader's own."""
    placed = Document.objects.filter(place_of=number)
    kinds = list(kinds)
    if kinds:
        placed = placed.filter(kind__in=kinds)
    found = _first(placed.filter(visibility__in=list(shared)), place)
    if organisation is not None:
        found |= _first(placed.filter(visibility=Visibility.RESTRICTED, parties__contains=[organisation]), place)
    return sorted(found)


def _first(rows: QuerySet[Document], place: str) -> set[UUID]:
    near = rows.annotate(far=far_from(place)).filter(far__lte=FARTHEST).order_by("far", "pk")
    return set(near.values_list("pk", flat=True)[:NEAREST])
