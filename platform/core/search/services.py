"""Keeping documents fresh; called by the rooms in the transaction of the change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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


def index(
    obj: Model, *, title: str, text: str, room: str, kind: str, link: str, organisation: Organisation | None = None,
    visibility: str = "restricted", parties: Iterable[Organisation] = (), facets: Mapping[str, Any] | None = None,
) -> Document:  # fmt: skip
    """Write or refresh the object's one document; title words weigh more than text."""
    row, _fresh = Document.objects.update_or_create(
        object_type=obj._meta.label_lower, object_id=obj.pk,
        defaults={
            "title": title[:300], "text": text, "room": room, "kind": kind, "link": link, "organisation": organisation,
            "visibility": visibility, "parties": list({one.pk for one in parties}), "facets": dict(facets or {}),
            "updated_at": clock.now(),
        },
    )  # fmt: skip
    weigh(row, bridge())
    return row


def weigh(row: Document, span: Bridge) -> None:
    """Write what the document's words weigh, those of the other language included."""
    row.weights, row.length = weights_of(row.title, row.text, span, scopes_of(row))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_document SET weights = %s, length = %s, vector = %s::tsvector, place_of = 0 WHERE id = %s",
            [json.dumps(row.weights), row.length, vector_of(row.title, row.text, row.weights), str(row.pk)],
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
        span = bridge()
        for row in rows:
            weigh(row, span)
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
