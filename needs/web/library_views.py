"""Public calls: facts with their source, a kind of their own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.web import tables
from core.web.page import crumb, render_page
from needs.models import PublicCall
from needs.queries.library import public_calls_visible_to
from needs.web.doors import actor_of


class PublicCalls(tables.Table):
    columns = [
        tables.Column(
            "title",
            _("Public call (external)"),
            sort="title",
            is_primary=True,
            link=lambda row: reverse("needs:public_call", args=[row.pk]),
        ),
        tables.Column("issuer", _("Issuer"), sort="issuer"),
        tables.Column("chain_words", _("Chain"), sort="chain_words"),
        tables.Column("stage", _("Stage"), sort="stage"),
        tables.Column("count", _("Indicators"), kind="number", value=lambda row: len(row.indicators)),
        tables.Column("source", _("Source"), in_page=False),
    ]
    search = ["title", "issuer", "chain_words"]
    filters = [
        tables.Text("chain", _("Chain"), lookup="chain_words"),
        tables.Text("stage", _("Stage")),
        tables.Text("issuer", _("Issuer")),
    ]
    default_sort = "title"
    file_name = "public-calls"
    empty = tables.Empty(
        _("No public call yet"),
        _("Calls that others published stand here with their source; their issuers are not members."),
    )


def list_public_calls(request: HttpRequest) -> HttpResponse:
    """All public calls."""
    rows = public_calls_visible_to(actor_of(request))
    return tables.render(
        request,
        PublicCalls(rows),
        title=_("Public calls"),
        intro=_("Facts found in public, with their source; not needs of this platform."),
    )


def public_call_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One call with its indicators and its source."""
    row = policy.fetch(actor_of(request), "needs.view_public_call", PublicCall, pk)
    crumbs = [crumb(_("Public calls"), reverse("needs:public_calls")), crumb(row.title)]
    return render_page(request, "needs/public_call.html", {"call": row}, title=row.title, crumbs=crumbs)
