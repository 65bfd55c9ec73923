"""Searching everything one may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import limits
from core.errors import NotAllowed
from core.search import queries
from core.search.labels import GROUPS
from core.web.page import render_page

SHOWN = 4


def search_page(request: HttpRequest) -> HttpResponse:
    """Found documents, the best of each group with the group's count, or all of one group; the address keeps what was asked (R048)."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    limits.ask(request, "search")
    text, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    found = queries.hits(actor, text)
    counts = Counter(one.group for one in found)
    facets = [{"kind": key, "label": GROUPS.get(key, key), "count": counts[key]} for key in in_order(counts)]
    page, groups = None, []
    if kind or not text:
        page = Paginator([one for one in found if not kind or one.group == kind], 20).get_page(request.GET.get("page"))
        rows_shown = queries.documents_of(list(page.object_list))
    else:
        best: dict[str, list[queries.Hit]] = {}
        for one in found:
            best.setdefault(one.group, []).append(one)
        rows_shown = queries.documents_of([one for of_group in best.values() for one in of_group[:SHOWN]])
        groups = [
            {
                "kind": key,
                "label": GROUPS.get(key, key),
                "count": counts[key],
                "rows": [row for row in rows_shown if row.group == key],
            }
            for key in best
        ]
    shown = {
        "bridged": queries.bridged(text, rows_shown),
        "text": text,
        "kind": kind,
        "facets": facets,
        "page": page,
        "rows": rows_shown,
        "groups": groups,
        "total": len(found),
        "kinds": GROUPS,
    }
    return render_page(request, "search/search.html", shown, title=_("Search"))


def in_order(counts: Iterable[str]) -> list[str]:
    """The groups in the order of `GROUPS`, others behind."""
    known = list(GROUPS)
    return sorted(counts, key=lambda key: (known.index(key) if key in known else len(known), key))
