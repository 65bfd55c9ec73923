"""The flow map of a chain: which resources flow from node to node (R003)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from chains.models import Chain, ChainNode
from core.accounts.actor import Actor
from needs.queries.offer import flows_of_chain
from needs.states.offer import FlowDirection, ResourceKind


@dataclass(frozen=True)
class Edge:
    """So many flows of one kind from one node to another."""

    from_node: ChainNode
    to_node: ChainNode
    kind: str
    count: int

    @property
    def kind_label(self) -> str:
        return str(ResourceKind(self.kind).label)


@dataclass(frozen=True)
class FlowMap:
    """The chain's nodes, those of other chains that it exchanges with, what flows between them, and totals.

    `by_kind` holds all kinds in the chosen direction, `by_direction` all directions of the chosen kind, so that each is
    the number of flows one sees after choosing it.
    """

    chain: Chain
    nodes: Sequence[ChainNode]
    outside: Sequence[ChainNode]
    edges: Sequence[Edge]
    by_kind: dict[str, int]
    by_direction: dict[str, int]

    @property
    def total(self) -> int:
        return sum(one.count for one in self.edges)


def flow_map(actor: Actor, chain: Chain, *, kind: str = "", direction: str = "") -> FlowMap:
    """The map over the recorded flows that the actor may see; three queries."""
    rows = flows_of_chain(actor, chain.pk).order_by()
    counted = rows.values_list("from_node", "to_node", "kind", "direction").annotate(count=Count("pk"))
    by_kind, by_direction = Counter[str](), Counter[str]()
    edges = Counter[tuple[UUID, UUID, str]]()
    for start, end, of_kind, way, count in counted:
        if direction in ("", way):
            by_kind[of_kind] += count
        if kind in ("", of_kind):
            by_direction[way] += count
        if direction in ("", way) and kind in ("", of_kind):
            edges[start, end, of_kind] += count
    nodes = list(chain.nodes.order_by("order"))
    known = {one.pk: one for one in nodes}
    wanted = {pk for start, end, _kind in edges for pk in (start, end)} - known.keys()
    outside = list(ChainNode.objects.filter(pk__in=wanted).select_related("chain").order_by("chain__name", "order"))
    known |= {one.pk: one for one in outside}
    drawn = [Edge(known[start], known[end], of_kind, count) for (start, end, of_kind), count in edges.items()]
    drawn.sort(key=lambda one: (-one.count, str(one.from_node), str(one.to_node), one.kind))
    return FlowMap(
        chain, nodes, outside, drawn, {key: by_kind[key] for key in ResourceKind.values},
        {key: by_direction[key] for key in FlowDirection.values},
    )  # fmt: skip
