"""Keeping documents fresh; called by the rooms in the transaction of the change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import Model, Q

from core import clock
from core.accounts.models import Organisation
from core.search import words
from core.search.bridge import Bridge, bridge
from core.search.models import Document, Synonym, Term
from core.search.queries import all_of, scopes_of
from core.search.ranking import weights_of

TERMS = Path(__file__).parent / "data" / "terms.tsv"


@dataclass(frozen=True)
class Wanted:
    """What search is to know of an object, and who may find it."""

    obj: Model
    title: str
    text: str
    room: str
    kind: str
    link: str
    organisation: Organisation | None = None
    visibility: str = "restricted"
    parties: Iterable[Organisation] = ()
    facets: Mapping[str, Any] | None = None


def index(
    obj: Model, *, title: str, text: str, room: str, kind: str, link: str, organisation: Organisation | None = None,
    visibility: str = "restricted", parties: Iterable[Organisation] = (), facets: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write or refresh the object's one document; title words weigh more than text."""
    index_all([Wanted(obj, title, text, room, kind, link, organisation, visibility, parties, facets)])


def index_all(rows: Iterable[Wanted]) -> None:
    """As `index`, for many objects in two statements."""
    written = [
        Document(
            object_type=one.obj._meta.label_lower, object_id=one.obj.pk, title=one.title[:300], text=one.text, room=one.room,
            kind=one.kind, link=one.link, organisation=one.organisation, visibility=one.visibility,
            parties=list({party.pk for party in one.parties}), facets=dict(one.facets or {}), updated_at=clock.now(),
        )
        for one in rows
    ]  # fmt: skip
    Document.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["object_type", "object_id"],
        update_fields=["title", "text", "room", "kind", "link", "organisation", "visibility", "parties", "facets", "updated_at"],
    )  # fmt: skip
    weigh(written, bridge())


def weigh(rows: Sequence[Document], span: Bridge) -> None:
    """Write what the documents' words weigh, those of the other language included."""
    for row in rows:
        row.weights, row.length = weights_of(row.title, row.text, span, scopes_of(row))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_document SET weights = given.weights::jsonb, length = given.length, vector = given.vector::tsvector,"
            " place_of = 0 FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::float8[], %s::text[])"
            " AS given(object_type, object_id, weights, length, vector)"
            " WHERE search_document.object_type = given.object_type AND search_document.object_id = given.object_id",
            [
                [row.object_type for row in rows],
                [str(row.object_id) for row in rows],
                [json.dumps(row.weights) for row in rows],
                [row.length for row in rows],
                [vector_of(row.title, row.text, row.weights) for row in rows],
            ],
        )


def set_synonyms(source_id: UUID, rows: Iterable[tuple[str, str, str]]) -> None:
    """Make (scope, text, other) the synonyms of a row of the room above; what they touch is weighed anew by the job.

    No row at all drops them.
    """
    wanted = set(rows)
    present = {(row.scope, row.text, row.other): row for row in Synonym.objects.filter(source_id=source_id)}
    for key in wanted ^ set(present):
        _weigh_again(key[0], key[1])
    Synonym.objects.filter(pk__in=[row.pk for key, row in present.items() if key not in wanted]).delete()
    Synonym.objects.bulk_create(
        Synonym(scope=scope, text=text, other=other, source_id=source_id)
        for scope, text, other in sorted(wanted - set(present))
    )


def _weigh_again(scope: str, text: str) -> None:
    """Let the job weigh every document of the scope that says the term."""
    in_scope = Q(facets__chain=scope) | Q(facets__chains__contains=[scope])
    said = SearchQuery(all_of(words.tokens(text)), config="simple", search_type="raw")
    Document.objects.filter(in_scope, vector=said).update(length=0)


def weigh_some(limit: int = 500) -> int:
    """Weigh documents that have no weights yet; gives how many. Two at once take different ones."""
    with transaction.atomic():
        rows = list(
            Document.objects.filter(length=0).order_by("updated_at").select_for_update(skip_locked=True)[:limit]
        )
        weigh(rows, bridge())
    return len(rows)


def load_terms() -> int:
    """Add the terms of `data/terms.tsv` that the table lacks; gives how many the file has."""
    rows = [line.split("\t") for line in TERMS.read_text(encoding="utf-8").splitlines() if line.strip()]
    Term.objects.bulk_create([Term(zh=zh, en=en) for zh, en in rows], ignore_conflicts=True)
    return len(rows)


def remove(obj: Model) -> None:
    """Forget the object."""
    Document.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk).delete()


def vector_of(title: str, text: str, weights: Mapping[str, float]) -> str:
    """A tsvector literal: the title's tokens are marked A, the text's C, those of the bridge D."""
    parts, position = [], 0
    own: set[str] = set()
    for source, weight in ((title, "A"), (text, "C"), (None, "D")):
        tokens = words.tokens(source) if source is not None else [token for token in weights if token not in own]
        for token in tokens:
            own.add(token[:100])
            position = min(position + 1, 16383)
            quoted = token[:100].replace("\\", "\\\\").replace("'", "''")
            parts.append(f"'{quoted}':{position}{weight}")
    return " ".join(parts)
