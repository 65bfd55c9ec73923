"""From a table and a request to the answer: page, fragment or file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.template.context_processors import csrf
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

from core.web.page import Crumb, is_fragment, render_page
from core.web.tables import files
from core.web.tables.table import Table

Text = str | Promise


def respond(request: HttpRequest, *tables: Table) -> HttpResponse | None:
    """Bind the tables to the address. A file or a fragment of one of them if that is what was asked, else None.

    For a page with tables of its own: `if answer := tables.respond(request, left, right): return answer`, then render
    the page with the tables in its context and `{% include "components/_table.html" with table=left %}`.
    """
    actor = getattr(request, "actor", None)
    reader = f"{actor.id}/{actor.organisation_id}/{actor.kind}" if actor is not None else ""
    for table in tables:
        table.bind(request.GET, request.path, csrf(request), reader)
    for table in tables:
        kind = request.GET.get(f"{table.prefix}file", "")
        if kind in ("csv", "xlsx") and table.can_export:
            return files.response(request, table, kind)  # type: ignore[return-value]  # a large one is streamed
    if is_fragment(request):
        target = request.headers.get("HX-Target", "")
        for table in tables:
            if target == table.dom_id:
                answer = render_template(request, "components/_table.html", {"table": table})
                patch_vary_headers(answer, ["HX-Request", "HX-Target"])
                return answer
    return None


def render(
    request: HttpRequest,
    table: Table,
    *,
    title: Text = "",
    template: str = "components/list_page.html",
    crumbs: Sequence[Crumb] = (),
    intro: Text = "",
    actions: Sequence[Mapping[str, Any]] = (),
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A whole list page. `actions` are buttons: `{"label": ..., "url": ..., "icon": ..., "primary": True}`."""
    table.title = table.caption or title
    if answer := respond(request, table):
        return answer
    shown = {"table": table, "intro": intro, "actions": actions, **(context or {})}
    return render_page(request, template, shown, title=title, crumbs=crumbs)
