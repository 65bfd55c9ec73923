"""The book: what one's own organisation did, with the leaf of each entry; histories of objects stand on their own pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.book.labels import words_of
from core.book.models import Body
from core.book.queries import bodies_visible_to, checkpoint
from core.errors import NotAllowed
from core.web import tables


def index_of(row: Body) -> Any:
    place = getattr(row.entry, "place", None)
    return place.index if place else None


class Entries(tables.Table):
    columns = [
        tables.Column(
            "operation", _("What"), value=lambda row: words_of(row.operation), sort="operation", is_primary=True
        ),
        tables.Column("at", _("When"), kind="datetime", sort="at"),
        tables.Column(
            "who", _("Who"), value=lambda row: str(row.person or row.client or _now("the system")), sort="person__name"
        ),
        tables.Column("object_type", _("About"), sort="object_type"),
        tables.Column("index", _("Entry"), kind="number", value=index_of, sort="entry__place__index"),
        tables.Column("leaf", _("Leaf hash"), kind="code", value=lambda row: bytes(row.entry.leaf_hash).hex()[:16]),
    ]
    search = ["operation", "person__name", "object_type"]
    filters = [tables.DateRange("on", _("When"), lookup="at", is_moment=True)]
    default_sort = "-at"
    file_name = "book"
    empty = tables.Empty(
        _("Nothing has happened yet"), _("Every action of your organisation leaves one entry here."), icon="book-2"
    )


def list_entries(request: HttpRequest) -> HttpResponse:
    """One's own organisation's entries, and the newest checkpoint."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    found = checkpoint()
    intro = ""
    if found is not None:
        size, root, _at = found
        intro = _now("The log holds %(size)d entries in order; its root is %(root)s…") % {
            "size": size,
            "root": root[:24],
        }
    return tables.render(request, Entries(bodies_visible_to(actor)), title=_("Book"), intro=intro)
