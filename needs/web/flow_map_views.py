"""The flow map of a chain: drawn, counted by kind and direction, and as a list (R003)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chains.models import Chain, ChainNode
from chains.queries import chains_visible_to
from chains.states import Tier
from core.access import policy
from core.web import tables
from core.web.charts import Chart
from core.web.page import crumb, render_page
from needs.queries.flow_map import FlowMap, flow_map
from needs.queries.offer import flows_of_chain
from needs.states.offer import FlowDirection, ResourceKind
from needs.web.doors import actor_of
from needs.web.offer_views import Flows, parts

COLOURS = {"technology": "@accent-solid", "talent": "@ok-solid", "data": "@q1", "capital": "@warn-solid"}
WIDE, HIGH = 300, 90


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
    return redirect("needs:flow_map", pk=max(chains, key=lambda one: flows_of_chain(actor, one.pk).count()).pk)


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
    shown = {
        "map": found, "table": table, "tabs": parts(is_map=True), "kind": kind, "direction": direction, "chart": chart(found),
        "kinds": [(key, label, found.by_kind[key]) for key, label in ResourceKind.choices],
        "directions": [(key, label, found.by_direction[key]) for key, label in FlowDirection.choices],
        "all_kinds": sum(found.by_kind.values()), "all_directions": sum(found.by_direction.values()),
        "chains": [(one, reverse("needs:flow_map", args=[one.pk])) for one in chains_visible_to(actor).order_by("name")],
    }  # fmt: skip
    crumbs = [crumb(_("Offers"), reverse("needs:offers")), crumb(_("Flow map")), crumb(str(chain))]
    title = _("Flow map: %(chain)s") % {"chain": chain}
    return render_page(request, "needs/flow_map.html", shown, title=title, crumbs=crumbs)


def _asked(request: HttpRequest, name: str, known: Iterable[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""


def chart(found: FlowMap) -> Chart:
    """Nodes in the columns of their tiers, those of other chains to the right, an arrow per kind between two nodes."""
    columns = [[one for one in found.nodes if one.tier == tier] for tier in Tier.values]
    columns.append(list(found.outside))
    inner = Counter[UUID]()
    for edge in found.edges:
        if edge.from_node.pk == edge.to_node.pk:
            inner[edge.from_node.pk] += edge.count
    tallest = max(map(len, columns), default=1)
    points = [
        _point(one, at * WIDE, (row + (tallest - len(column)) / 2) * HIGH, inner[one.pk], is_outside=at == len(Tier))
        for at, column in enumerate(columns) for row, one in enumerate(column)
    ]  # fmt: skip
    between = Counter[frozenset[UUID]]()
    links = []
    for edge in found.edges:
        if edge.from_node.pk == edge.to_node.pk:
            continue
        pair = frozenset((edge.from_node.pk, edge.to_node.pk))
        links.append({
            "source": str(edge.from_node.pk), "target": str(edge.to_node.pk), "value": edge.count,
            "lineStyle": {"color": COLOURS[edge.kind], "width": min(2 + edge.count, 8), "curveness": 0.12 + 0.14 * between[pair], "opacity": 0.8},
            "label": {"show": True, "formatter": f"{edge.kind_label} {edge.count}", "fontSize": 11},
        })  # fmt: skip
        between[pair] += 1
    words = ngettext("%(n)d recorded flow", "%(n)d recorded flows", found.total) % {"n": found.total}
    counts = "、".join(f"{ResourceKind(key).label} {count}" for key, count in found.by_kind.items())
    option = {
        "tooltip": {"show": False},
        "series": [{
            "type": "graph", "layout": "none", "data": points, "links": links, "roam": False, "edgeSymbol": ["none", "arrow"],
            "edgeSymbolSize": [0, 9], "left": 70, "right": 70, "top": 34, "bottom": 44, "symbolSize": 16,
        }],
    }  # fmt: skip
    rows = [
        (_named(one.from_node, found), _named(one.to_node, found), one.kind_label, one.count) for one in found.edges
    ]
    return Chart(
        "flow-map", _("Flow map"), f"{words}: {counts}", option, columns=[_("From"), _("To"), _("Kind"), _("Number")], rows=rows, height="lg"
    )  # fmt: skip


def _named(node: ChainNode, found: FlowMap) -> str:
    return str(node) if node.chain_id == found.chain.pk else f"{node.chain} · {node}"


def _point(node: ChainNode, x: float, y: float, inner: int, *, is_outside: bool) -> dict[str, Any]:
    name = f"{node.chain} · {node}" if is_outside else str(node)
    return {
        "id": str(node.pk), "name": name, "x": x, "y": y, "symbol": "diamond" if is_outside else "circle",
        "itemStyle": {"color": "@q3" if is_outside else "@q2"},
        "label": {"show": True, "position": "bottom", "formatter": f"{name} ↻{inner}" if inner else name},
    }  # fmt: skip
