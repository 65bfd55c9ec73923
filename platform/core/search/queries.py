"""Finding documents that the actor may see."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.core.cache import cache
from django.db import connection
from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    F,
    FloatField,
    Func,
    JSONField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)  # fmt: skip
from django.db.models.functions import RowNumber

from core.accounts.actor import Actor
from core.search import meaning, words
from core.search.bridge import bridge, scope_names
from core.search.models import Document, Visibility
from core.search.ranking import CUT, K1, B, Question, asked_of, weigh, weights_of

# Beyond this many documents a word is common, however many more there are.
COUNTED = 20_000
# A match must hold one of so many of the description's rarest words.
MATCHED = 60
# … and of those only so many as hold together about this many documents, but never fewer than the least.
CANDIDATES, LEAST_MATCHED = 4_000, 8
# So many documents must hold a word for its count to be kept for an hour.
KEPT = 1_000


def documents_visible_to(actor: Actor) -> QuerySet[Document]:
    """Public ones, members' ones to everyone signed in, restricted ones to their parties."""
    if actor.is_system:
        return Document.objects.all()
    mine = Q(visibility=Visibility.PUBLIC)
    if actor.is_signed_in:
        mine |= Q(visibility=Visibility.MEMBERS)
    if actor.organisation_id is not None:
        mine |= Q(parties__contains=[actor.organisation_id])
    return Document.objects.filter(mine)


def search(
    actor: Actor,
    text: str,
    *,
    kinds: Iterable[str] | None = None,
    facets: dict[str, str] | None = None,
    by_meaning: bool = True,
) -> QuerySet[Document]:
    """Documents that speak of what is asked, in either language, best first; typos in titles are forgiven.

    Those that mean the same in other words are found as well, and lift those that have both; without `by_meaning` words alone find.
    """
    kinds = list(kinds or [])
    rows = documents_visible_to(actor)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    for name, value in (facets or {}).items():
        rows = rows.filter(**{f"facets__{name}": value})
    text = text.replace("\x00", "").strip()[:200]
    if not text:
        return rows.annotate(rank=Value(0.0, output_field=FloatField())).order_by("-updated_at", "pk")
    folded = words.folded(text)
    asked, average = question(text)
    near = Q(title__trigram_word_similar=folded)
    similarity = TrigramWordSimilarity(folded, "title")
    if asked.is_empty:
        rows = rows.filter(near).annotate(rank=similarity)
    else:
        match = SearchQuery(_any(asked.tokens), config="simple", search_type="raw")
        score = _score(asked, average)
        # A title that is nearly what was typed is found even where no token agrees; its likeness counts as much as the cut.
        found, lift = Q(vector=match, score__gte=asked.least) | near, similarity * Value(asked.least)
        known = meaning.learnt() if by_meaning else None
        place = meaning.place_of(asked_of(text, bridge())[0], *known) if known else ""
        if known and place:
            shared = [Visibility.PUBLIC, Visibility.MEMBERS] if actor.is_signed_in else [Visibility.PUBLIC]
            found |= Q(pk__in=meaning.nearest(place, known[0], actor.organisation_id, kinds=kinds, shared=shared))
            lift += meaning.likeness_to(place, known[0]) * Value(meaning.SHARE * asked.least / CUT)
        rows = rows.annotate(score=score, least=Value(asked.least)).filter(found).annotate(rank=F("score") + lift)
    return rows.order_by("-rank", "-updated_at", "pk")


def matching(actor: Actor, *, title: str, text: str, kinds: Iterable[str]) -> QuerySet[Document]:
    """What fits a whole description, best first: documents of the kinds that share its rare words in either language."""
    ((weighed, rare),), average = described([(title, text)])
    # What its owner has not confirmed for long is found, but not matched.
    rows = documents_visible_to(actor).filter(kind__in=list(kinds)).exclude(facets__contains={"is_dormant": True})
    if not rare:
        return rows.none().annotate(rank=Value(0.0, output_field=FloatField()))
    match = SearchQuery(_any(rare), config="simple", search_type="raw")
    return rows.filter(vector=match).annotate(rank=_score(weighed, average)).order_by("-rank", "pk")


def described(texts: Iterable[tuple[str, str]]) -> tuple[list[tuple[Question, list[str]]], float]:
    """Each whole description (title, text) as a question, with the rare words of which a match must hold one; and the mean length of a document."""
    span, found = bridge(), []
    for title, text in texts:
        weights, _length = weights_of(title, text, span)
        of_title = set(words.tokens(title))
        # A word said ten times does not weigh ten times as much.
        found.append({token: math.log1p(weight * (2 if token in of_title else 1)) for token, weight in weights.items()})
    documents, average = _extent(_common())
    holding = holding_of(list({token for asked in found for token in asked}))[1]
    weighed = [weigh(asked, set(asked), max(documents, 1), holding) for asked in found]
    return [
        (one, _few(sorted(one.tokens, key=one.tokens.__getitem__, reverse=True)[:MATCHED], holding)) for one in weighed
    ], average


def _few(tokens: Sequence[str], holding: dict[str, int]) -> list[str]:
    """The first of the tokens, until enough documents hold one."""
    found: list[str] = []
    sum_of = 0
    for token in tokens:
        sum_of += holding.get(token, 0)
        if sum_of > CANDIDATES and len(found) >= LEAST_MATCHED:
            break
        found.append(token)
    return found


def _score(asked: Question, average: float) -> Func:
    """`search_score` of a document for a question."""
    return Func(
        F("weights"), F("length"), Value(asked.tokens, output_field=JSONField()), Value(average), Value(K1), Value(B),
        function="search_score", output_field=FloatField(),
    )  # fmt: skip


def question(text: str) -> tuple[Question, float]:
    """The question weighed by how rare its words are among what all members may read, and the mean length of a document.

    What only some may read does not count here: how rare a word is must not tell of it.
    """
    return _weighed(*asked_of(text, bridge()))


def _weighed(asked: dict[str, float], own: set[str]) -> tuple[Question, float]:
    documents, average = _extent(_common())
    return weigh(asked, own, max(documents, 1), holding_of(list(asked))[1]), average


def _common() -> QuerySet[Document]:
    """What all members may read; rarity is counted here and nowhere else."""
    return Document.objects.filter(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])


def holding_of(tokens: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many documents all members may read, and how many of them hold each token.

    What many hold is kept for a while: it takes longest to count, and changes least.
    """
    keys = {
        token: "search-holding-" + hashlib.md5(token.encode(), usedforsecurity=False).hexdigest() for token in tokens
    }
    known = cache.get_many(list(keys.values()))
    found = {token: known[key] for token, key in keys.items() if key in known}
    asked = [token for token in keys if token not in found]
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT at, held FROM search_holding(%s::text[], %s)", [[_quoted(token) for token in asked], COUNTED]
            )
            found |= {asked[at - 1]: held for at, held in cursor.fetchall()}
    common = {keys[token]: found[token] for token in asked if found[token] >= KEPT}
    if common:
        cache.set_many(common, 3600)
    return _extent(_common())[0], found


def _extent(common: QuerySet[Document]) -> tuple[int, float]:
    kept: tuple[int, float] | None = cache.get("search-extent")
    if kept is None:
        found = common.aggregate(documents=Count("pk"), average=Avg("length"))
        kept = (found["documents"], float(found["average"] or 1))
        cache.set("search-extent", kept, 60)
    return kept


def counts_by_kind(rows: QuerySet[Document]) -> dict[str, int]:
    """How many of the found documents are of each kind; only visible ones are counted."""
    counted = rows.order_by().values_list("kind").annotate(count=Count("pk"))
    return dict(counted)


# Offers stand with what they offer, whatever room knows it.
_OFFERED = {"talent": "people", "data": "data", "capital": "fund", "technology": "technology"}


def by_group(rows: QuerySet[Document]) -> QuerySet[Any]:
    """Documents with their `group`: the kind, and for offers and requests the kind of resource."""
    offered = [When(kind="offer", facets__resource=key, then=Value(group)) for key, group in _OFFERED.items()]
    return rows.annotate(group=Case(*offered, default=F("kind"), output_field=CharField()))


def group_of(row: Document) -> str:
    """The group that `by_group` gives a document."""
    return _OFFERED.get(str(row.facets.get("resource")), row.kind) if row.kind == "offer" else row.kind


def counts_by_group(rows: QuerySet[Document]) -> dict[str, int]:
    """How many of the found documents are in each group; only visible ones are counted."""
    return dict(by_group(rows).order_by().values_list("group").annotate(count=Count("pk")))


def first_of_groups(rows: QuerySet[Document], most: int) -> dict[str, list[Document]]:
    """The best of each group, at most so many; the groups in the order of their best."""
    best = [F("rank").desc(), F("updated_at").desc(), F("pk").asc()]
    placed = by_group(rows).annotate(nth=Window(RowNumber(), partition_by=F("group"), order_by=best))
    found: dict[str, list[Document]] = {}
    for row in placed.filter(nth__lte=most).order_by(*best):
        found.setdefault(row.group, []).append(row)
    return found


def scopes_of(row: Document) -> list[str]:
    """The chains that a document belongs to, as its facets say."""
    return list(dict.fromkeys([*row.facets.get("chains", []), *filter(None, [row.facets.get("chain")])]))


def bridged(text: str, rows: Iterable[Document]) -> dict[UUID, list[dict[str, str]]]:
    """For each found document: the words it is found by that are not those asked, both of them, and the chain's name."""
    span, names = bridge(), scope_names()
    return {
        row.pk: [
            {"asked": one.asked, "found": one.found, "chain": names.get(one.scope, "")}
            for one in span.pairs(text, f"{row.title} {row.text}", scopes_of(row))
        ]
        for row in rows
    }


def all_of(tokens: Iterable[str]) -> str:
    """A raw question for documents that hold every one of the tokens."""
    return " & ".join(_quoted(token) for token in tokens)


def _any(tokens: Iterable[str]) -> str:
    return " | ".join(_quoted(token) for token in tokens)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


__all__: list[Any] = ["counts_by_kind", "documents_visible_to", "question", "search"]
