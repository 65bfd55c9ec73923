"""The island report: four lists of what stands alone, and for each the partners that fit (R001)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from chains.states import Tier
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.states import OrganisationKind
from core.errors import NotAllowed
from core.web import tables
from core.web.page import crumb, render_page
from needs.models import Need
from needs.states.need import DemandSide
from portal.queries import islands

CHAIN = tables.Choice(
    "chain", _("Chain"), lookup="chain_id", choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]
)


class Organisations(tables.Table):
    columns = [
        tables.Column("name", _("Organisation"), sort="name", is_primary=True,
                      link=lambda row: reverse("portal:island_organisation", args=[row.pk])),
        tables.Column("kinds", _("Kinds"), value=lambda row: [str(OrganisationKind(one).label) for one in row.kinds]),
        tables.Column("region_code", _("Region"), sort="region_code"),
        tables.Column("created_at", _("Since"), kind="date", sort="created_at"),
    ]  # fmt: skip
    filters = [
        tables.Choice(
            "kind", _("Kinds"), choices=OrganisationKind.choices,
            apply=lambda value: Q(kinds__contains=[value]),
        )
    ]  # fmt: skip
    search = ["name"]
    default_sort = "name"
    file_name = "island-organisations"
    empty = tables.Empty(_("No organisation stands alone"), icon="circles-relation")


class Needs(tables.Table):
    columns = [
        tables.Column("title", _("Need"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("portal:island_need", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__name"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("published_at", _("Published"), kind="date", sort="published_at"),
    ]  # fmt: skip
    filters = [CHAIN, tables.Choice("side", _("Demand side"), lookup="demand_side", choices=DemandSide.choices)]
    search = ["title", "code"]
    default_sort = "-published_at"
    file_name = "island-needs"
    empty = tables.Empty(_("No need stands alone"), icon="circles-relation")


class Results(tables.Table):
    columns = [
        tables.Column("title", _("Result"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("needs:result", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("published_at", _("Published"), kind="date", sort="published_at"),
    ]  # fmt: skip
    filters = [CHAIN]
    search = ["title", "code"]
    default_sort = "-published_at"
    file_name = "island-results"
    empty = tables.Empty(_("No result stands alone"), icon="circles-relation")


class Nodes(tables.Table):
    columns = [
        tables.Column("name", _("Node"), value=str, sort="name", is_primary=True,
                      link=lambda row: reverse("chains:chain", args=[row.chain_id])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("tier", _("Tier"), sort="tier"),
    ]  # fmt: skip
    filters = [CHAIN, tables.Choice("tier", _("Tier"), choices=Tier.choices)]
    search = ["name", "name_en"]
    default_sort = "name"
    file_name = "island-nodes"
    empty = tables.Empty(_("No node stands alone"), icon="circles-relation")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor


def island_organisations(request: HttpRequest) -> HttpResponse:
    """Organisations without a link to the other side."""
    return _listed(request, Organisations, islands.lonely_organisations)


def island_needs(request: HttpRequest) -> HttpResponse:
    """Published needs without a partner."""
    return _listed(request, Needs, lambda actor: islands.lonely_needs(actor).select_related("chain", "node", "owner"))


def island_results(request: HttpRequest) -> HttpResponse:
    """Results that answer no need."""
    return _listed(request, Results, lambda actor: islands.lonely_results(actor).select_related("chain", "owner"))


def island_nodes(request: HttpRequest) -> HttpResponse:
    """Nodes that nobody researches for."""
    return _listed(request, Nodes, lambda actor: islands.lonely_nodes(actor).select_related("chain"))


def _listed(request: HttpRequest, table: type[tables.Table], rows: Callable[[Actor], QuerySet[Any]]) -> HttpResponse:
    actor = _actor(request)
    counts = [
        (_("Organisations"), "portal:islands", islands.lonely_organisations), (_("Needs"), "portal:island_needs", islands.lonely_needs),
        (_("Results"), "portal:island_results", islands.lonely_results), (_("Nodes"), "portal:island_nodes", islands.lonely_nodes),
    ]  # fmt: skip
    tabs: list[dict[str, Any]] = [
        {"label": label, "url": reverse(name), "count": found(actor).order_by().count()}
        for label, name, found in counts
    ]
    total = tabs[0]["count"] + tabs[1]["count"]
    figures = [{"label": _("Islands: organisations and needs"), "value": total, "url": reverse("portal:islands")}]
    return tables.render(
        request, table(rows(actor)), title=_("Island report"), template="portal/islands.html", context={"tabs": tabs, "island_figures": figures},
        intro=_("Who and what has no link to the other side: research without industry, needs without research."),
    )  # fmt: skip


def island_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A need and the partners that fit it, best first."""
    actor = _actor(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)
    islands.may_look(actor, need.owner_id)
    alone = islands.lonely_needs(Actor.system()).filter(pk=pk).exists()
    return _island(request, need.title, islands.partners_for_need(actor, need), own=need.owner_id, is_alone=alone)


def island_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An organisation and the needs that fit what it can do, best first."""
    actor = _actor(request)
    row = policy.fetch(actor, "accounts.view_organisation", Organisation, pk)
    islands.may_look(actor, row.pk)
    alone = islands.lonely_organisations(Actor.system()).filter(pk=pk).exists()
    return _island(request, row.name, islands.needs_for(actor, row), own=row.pk, is_alone=alone)


def _island(
    request: HttpRequest, title: str, found: list[islands.Suggestion], *, own: UUID, is_alone: bool
) -> HttpResponse:
    actor = _actor(request)
    shown = {
        "found": [(at, one, actor.belongs_to(one.need.owner_id) or actor.belongs_to(one.organisation.pk)) for at, one in enumerate(found, 1)],
        "is_alone": is_alone, "own": own,
    }  # fmt: skip
    crumbs = [crumb(_("Island report"), reverse("portal:islands")), crumb(title)]
    return render_page(request, "portal/island.html", shown, title=title, crumbs=crumbs)
