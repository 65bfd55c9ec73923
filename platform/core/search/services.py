"""Keeping documents fresh; called by the rooms in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from core import clock
from core.accounts.models import Organisation
from core.search import words
from core.search.bridge import bridge
from core.search.models import Document
from core.search.ranking import weights_of


def index(
    obj: Model, *, title: str, text: str, room: str, kind: str, link: str, organisation: Organisation | None = None,
    visibility: str = "restricted", parties: Iterable[Organisation] = (), facets: Mapping[str, Any] | None = None,
) -> Document:  # fmt: skip
    """Write or refresh the object's one document; title words weigh more than text."""
    weights, length = weights_of(title, text, bridge())
    row, _fresh = Document.objects.update_or_create(
        object_type=obj._meta.label_lower, object_id=obj.pk,
        defaults={
            "title": title[:300], "text": text, "room": room, "kind": kind, "link": link, "organisation": organisation,
            "visibility": visibility, "parties": list({one.pk for one in parties}), "facets": dict(facets or {}),
            "updated_at": clock.now(), "weights": weights, "length": length,
        },
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_document SET vector = %s::tsvector WHERE id = %s",
            [vector_of(title, text, weights), str(row.pk)],
        )
    return row


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
