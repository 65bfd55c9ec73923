"""Searching everything one may see."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import limits
from core.errors import NotAllowed
from core.search import queries
from core.web.page import render_page

KINDS = {
    "need": gettext_lazy("Needs"),
    "cluster": gettext_lazy("Clusters"),
    "challenge": gettext_lazy("Challenges"),
    "project": gettext_lazy("Projects"),
    "public_call": gettext_lazy("Public calls"),
    "organisation": gettext_lazy("Organisations"),
    "agreement": gettext_lazy("Share agreements"),
    "fund": gettext_lazy("Risk funds"),
}


def search_page(request: HttpRequest) -> HttpResponse:
    """Found documents of every kind, with counts per kind; the address keeps what was asked."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    limits.ask(request, "search")
    text, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    found = queries.search(actor, text)
    counts = queries.counts_by_kind(found)
    facets = [{"kind": key, "label": KINDS.get(key, key), "count": count} for key, count in sorted(counts.items())]
    page = Paginator(found.filter(kind=kind) if kind else found, 20).get_page(request.GET.get("page"))
    shown = {
        "bridged": queries.bridged(text, page.object_list),
        "text": text,
        "kind": kind,
        "facets": facets,
        "page": page,
        "total": sum(counts.values()),
        "kinds": KINDS,
    }
    return render_page(request, "search/search.html", shown, title=_("Search"))
