"""Finding documents that the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Value, When

from core.accounts.actor import Actor
from core.search import words
from core.search.models import Document, Term, Visibility


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
    actor: Actor, text: str, *, kinds: Iterable[str] | None = None, facets: dict[str, str] | None = None
) -> QuerySet[Document]:
    """Documents that hold every word (or its other-language twin), best first; typos in titles are forgiven."""
    rows = documents_visible_to(actor)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    for name, value in (facets or {}).items():
        rows = rows.filter(**{f"facets__{name}": value})
    text = text.replace("\x00", "").strip()[:200]
    if not text:
        return rows.annotate(rank=Value(0.0, output_field=FloatField())).order_by("-updated_at", "pk")
    query = query_of(text)
    near = Q(similarity__gt=0.55)
    rows = rows.annotate(similarity=TrigramWordSimilarity(words.folded(text), "title"))
    if query:
        match = SearchQuery(query, config="simple", search_type="raw")
        rank = SearchRank(F("vector"), match)
        found = Q(vector=match)
        rows = rows.filter(found | near).annotate(
            rank=rank
            + F("similarity") * Case(When(found, then=Value(0.2)), default=Value(0.05), output_field=FloatField())
        )
    else:
        rows = rows.filter(near).annotate(rank=F("similarity"))
    return rows.order_by("-rank", "-updated_at", "pk")


def counts_by_kind(rows: QuerySet[Document]) -> dict[str, int]:
    """How many of the found documents are of each kind; only visible ones are counted."""
    counted = rows.order_by().values_list("kind").annotate(count=Count("pk"))
    return dict(counted)


def query_of(text: str) -> str:
    """A tsquery: every piece of the text, each with its twins from the term bridge."""
    wanted = []
    for piece in words.folded(text).split()[:8]:
        latin, pairs = words.latin(piece), words.pairs(piece)
        own = [_all(latin)] if latin else []
        own += [_all(pairs)] if pairs else []
        if not own:
            continue
        either = ["(" + " & ".join(own) + ")", *(_all(twin) for twin in _twins(piece))]
        wanted.append("(" + " | ".join(either) + ")")
    return " & ".join(wanted)


def _twins(piece: str) -> list[list[str]]:
    """The tokens of each other-language term of the piece."""
    terms = Term.objects.filter(Q(zh__iexact=piece) | Q(en__iexact=piece) | Q(en__iexact=" ".join(words.latin(piece))))
    found: list[list[str]] = []
    for term in terms[:10]:
        for other in (term.zh, term.en):
            if words.folded(other) != piece:
                found.append(words.latin(other) + words.pairs(other))
    return [tokens for tokens in found if tokens]


def _all(tokens: Iterable[str]) -> str:
    return "(" + " & ".join(_quoted(token) for token in dict.fromkeys(tokens)) + ")"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


__all__: list[Any] = ["counts_by_kind", "documents_visible_to", "query_of", "search"]
