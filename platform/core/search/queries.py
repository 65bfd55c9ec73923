"""Finding documents that the actor may see."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.core.cache import cache
from django.db import connection
from django.db.models import (
    Avg,
    BooleanField,
    Case,
    Count,
    Expression,
    F,
    FloatField,
    Func,
    JSONField,
    Q,
    QuerySet,
    Value,
    When,
)  # fmt: skip
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform

from core.accounts.actor import Actor
from core.search import meaning, words
from core.search.bridge import bridge, scope_names
from core.search.models import Document, Visibility, group_of
from core.search.ranking import CUT, K1, B, Question, asked_of, weigh, weights_of

ZERO: Expression = Value(0.0, output_field=FloatField())
# Beyond this many documents a word is common, however many more there are.
COUNTED = 20_000
# A match must hold one of so many of the description's rarest words.
MATCHED = 60
# … and of those only so many as hold together about this many documents, but never fewer than the least.
CANDIDATES, LEAST_MATCHED = 4_000, 8
# So many documents must hold a word for its count to be kept for an hour: a few more of so many do not change how rare it is.
KEPT = 50


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


@dataclass(frozen=True)
class Sought:
    """What a question asks of the rows one may see: which may be found at all, and what each is worth.

    A row is found by its words (`score` from `least` on), by a title that is nearly what was typed, or because it lies among the nearest in meaning.
    """

    rows: QuerySet[Document]
    match: SearchQuery | None
    near: Q
    similarity: Expression
    score: Expression = ZERO
    least: float = 0.0
    nearest: Sequence[UUID] = ()
    likeness: Expression = ZERO

    @property
    def shares(self) -> tuple[float, float]:
        """What a near title and a near meaning are worth beside the score: as much as the cut, and as much as the question's own words."""
        return (1.0, 0.0) if self.match is None else (self.least, meaning.SHARE * self.least / CUT)

    @property
    def wanted(self) -> Q:
        """What must be judged: it holds a word, or is near."""
        return self.is_near if self.match is None else Q(vector=self.match) | self.is_near

    @property
    def is_near(self) -> Q:
        return self.near | Q(pk__in=self.nearest) if self.nearest else self.near


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
    rows, text = _rows(actor, kinds, facets), _asked(text)
    if not text:
        return rows.annotate(rank=Value(0.0, output_field=FloatField())).order_by("-updated_at", "pk")
    one = _sought(actor, rows, text, list(kinds or []), by_meaning=by_meaning)
    near, meant = one.shares
    found: QuerySet[Any] = one.rows.annotate(score=one.score, least=Value(one.least))
    by_words = Q(vector=one.match, score__gte=one.least) if one.match is not None else Q(pk__in=[])
    found = found.filter(by_words | one.is_near)
    found = found.annotate(rank=F("score") + one.similarity * Value(near) + one.likeness * Value(meant))
    return found.order_by("-rank", "-updated_at", "pk")


def found_by_words(actor: Actor, text: str, kind: str) -> Q:
    """Rows of this kind whose documents hold the words, searched now: a list that is counted many ways searches once."""
    found = search(actor, text, kinds=[kind], by_meaning=False).order_by().values_list("object_id", flat=True)
    return Q(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [[str(pk) for pk in found]]))


@dataclass(frozen=True)
class Hit:
    """One found document: what pages count and cut before they read it."""

    pk: UUID
    kind: str
    group: str
    score: float
    least: float


def hits(actor: Actor, text: str) -> list[Hit]:
    """All that `search` finds, best first, each row judged once: counts, groups and pages are cut from this list."""
    text = _asked(text)
    if not text:
        newest = search(actor, "").values_list("pk", "kind", "facets__resource")
        return [Hit(pk, kind, group_of(kind, resource), 0, 0) for pk, kind, resource in newest]
    one = _sought(actor, _rows(actor, None, None), text, [], by_meaning=True)
    is_near = Case(When(one.is_near, then=True), default=False, output_field=BooleanField())
    rows: QuerySet[Any, Any] = (
        one.rows.filter(one.wanted)
        .annotate(resource=KeyTextTransform("resource", "facets"), is_near=is_near)
        .annotate(score=one.score, alike=one.similarity, likeness=one.likeness)
        .order_by()
        .values_list("pk", "kind", "resource", "updated_at", "is_near", "score", "alike", "likeness")
    )
    judged, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH judged(pk, kind, resource, updated_at, is_near, score, alike, likeness) AS MATERIALIZED ({judged})"  # noqa: S608 - what the query compiler made
            " SELECT pk, kind, resource, score FROM judged WHERE is_near OR score >= %s"
            " ORDER BY score + alike * %s + likeness * %s DESC, updated_at DESC, pk",
            [*params, one.least if one.match is not None else math.inf, *one.shares],
        )
        return [
            Hit(pk, kind, group_of(kind, resource), score, one.least) for pk, kind, resource, score in cursor.fetchall()
        ]


def documents_of(found: Sequence[Hit]) -> list[Document]:
    """The documents of these hits, in their order, each knowing its score."""
    rows = Document.objects.defer("weights", "vector", "place").in_bulk([one.pk for one in found])
    told = []
    for one in found:
        if one.pk in rows:
            row = rows[one.pk]
            vars(row).update(score=one.score, least=one.least)
            told.append(row)
    return told


def _asked(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]


def _rows(actor: Actor, kinds: Iterable[str] | None, facets: dict[str, str] | None) -> QuerySet[Document]:
    rows = documents_visible_to(actor)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    for name, value in (facets or {}).items():
        rows = rows.filter(**{f"facets__{name}": value})
    return rows


def _sought(actor: Actor, rows: QuerySet[Document], text: str, kinds: list[str], *, by_meaning: bool) -> Sought:
    folded = words.folded(text)
    asked, average = question(text)
    near, similarity = Q(title__trigram_word_similar=folded), TrigramWordSimilarity(folded, "title")
    if asked.is_empty:
        return Sought(rows, None, near, similarity)
    match = SearchQuery(_any(asked.tokens), config="simple", search_type="raw")
    score, likeness = _score(asked, average), ZERO
    nearest: list[UUID] = []
    known = meaning.learnt() if by_meaning else None
    place = meaning.place_of(asked_of(text, bridge())[0], *known) if known else ""
    if known and place:
        shared = [Visibility.PUBLIC, Visibility.MEMBERS] if actor.is_signed_in else [Visibility.PUBLIC]
        nearest = meaning.nearest(place, known[0], actor.organisation_id, kinds=kinds, shared=shared)
        likeness = meaning.likeness_to(place, known[0])
    return Sought(rows, match, near, similarity, score, asked.least, nearest, likeness)


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


__all__: list[Any] = ["documents_visible_to", "hits", "question", "search"]
