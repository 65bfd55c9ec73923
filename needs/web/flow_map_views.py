"""The flow map of a chain: drawn, counted by kind and direction, and as a list (R003)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chains.models import Chain
from chains.queries import chains_visible_to
from core.access import policy
from core.web import tables
from core.web.page import crumb, render_page
from needs.queries.flow_map import flow_map
from needs.queries.offer import flows_by_chain, flows_of_chain
from needs.states.offer import FlowDirection, ResourceKind
from needs.web.doors import actor_of
from needs.web.flow_drawing import drawing, node_name
from needs.web.offer_views import Flows, parts


class MapFlows(Flows):
    """The flows behind the map; kind and direction are chosen above it."""

    filters = [tables.DateRange("day", gettext_lazy("From which day"), lookup="starts_on")]
    caption = gettext_lazy("The flows behind the map")


def first_flow_map(request: HttpRequest) -> HttpResponse:
    """The map of the chain on which most flows; of the first chain where nothing does yet."""
    actor = actor_of(request)
    chains = list(chains_visible_to(actor).order_by("name"))
    if not chains:
        return redirect("needs:offers")
    counts = flows_by_chain(actor)
    return redirect("needs:flow_map", pk=max(chains, key=lambda one: counts[one.pk]).pk)


def flow_map_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where technology, talent, data and capital flow on the chain."""
    actor = actor_of(request)
    chain = policy.fetch(actor, "chains.view_chain", Chain, pk)
    kind, direction = _asked(request, "kind", ResourceKind.values), _asked(request, "direction", FlowDirection.values)
    found = flow_map(actor, chain, kind=kind, direction=direction)
    rows = flows_of_chain(actor, pk).select_related("offer", "giver", "taker", "from_node", "to_node")
    rows = rows.filter(**{name: value for name, value in (("kind", kind), ("direction", direction)) if value})
    table = MapFlows(rows)
    if answer := tables.respond(request, table):
        return answer
    shown: dict[str, Any] = {
        "map": found, "table": table, "tabs": parts(is_map=True), "kind": kind, "direction": direction, "drawing": drawing(found),
        "lines": [(node_name(one.from_node, found), node_name(one.to_node, found), one.kind_label, one.count) for one in found.edges],
        "kinds": [(key, label, found.by_kind[key]) for key, label in ResourceKind.choices],
        "directions": [(key, label, found.by_direction[key]) for key, label in FlowDirection.choices],
        "all_kinds": sum(found.by_kind.values()), "all_directions": sum(found.by_direction.values()),
        "chains": [(one, reverse("needs:flow_map", args=[one.pk])) for one in chains_visible_to(actor).order_by("name")],
    }  # fmt: skip
    words = ngettext("%(n)d recorded flow", "%(n)d recorded flows", found.total) % {"n": found.total}
    shown["summary"] = f"{words}: " + "、".join(f"{label} {count}" for _key, label, count in shown["kinds"])
    crumbs = [crumb(_("Offers"), reverse("needs:offers")), crumb(_("Flow map")), crumb(str(chain))]
    title = _("Flow map: %(chain)s") % {"chain": chain}
    return render_page(request, "needs/flow_map.html", shown, title=title, crumbs=crumbs)


def _asked(request: HttpRequest, name: str, known: Iterable[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""
