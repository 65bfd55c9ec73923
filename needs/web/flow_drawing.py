"""Where boxes and arrows of the flow map stand; the template only draws them.

Nodes stand in the columns of their tiers, those of other chains to the right. An arrow leaves to the right where the resource
flows on, to the left where it flows back, and arrows of one side of a box share its height.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from chains.models import ChainNode
from chains.states import Tier
from needs.queries.flow_map import Edge, FlowMap

WIDTH, MARGIN, HEAD = 1120, 76, 34
BOX_WIDTH, BOX_HEIGHT, ROW = 168, 42, 84
LONGEST = 12
# Told apart by dash as well as by colour.
LOOKS = {
    "technology": ("var(--accent-solid)", ""), "talent": ("var(--ok-solid)", "9 4"), "data": ("var(--q1)", "2 4"),
    "capital": ("var(--warn-solid)", "12 3 2 3"),
}  # fmt: skip


Point = tuple[int, int]
Curve = tuple[Point, Point, Point, Point]
Port = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A node."""

    name: str
    short: str
    x: int
    y: int
    is_outside: bool
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Arrow:
    """The flows of one kind between two nodes: its path, its words and where they stand."""

    path: str
    words: str
    title: str
    kind: str
    colour: str
    dash: str
    width: int
    label_x: int
    label_y: int


@dataclass(frozen=True)
class Drawing:
    """The whole map."""

    width: int
    height: int
    columns: Sequence[tuple[str, int]]
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    kinds: Sequence[tuple[str, str]]

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"


def drawing(found: FlowMap) -> Drawing:
    """The map as it is drawn."""
    columns = [(str(tier.label), [one for one in found.nodes if one.tier == tier]) for tier in Tier]
    if found.outside:
        columns.append((_("Other chains"), list(found.outside)))
    step = (WIDTH - MARGIN - BOX_WIDTH) // max(1, len(columns) - 1)
    tallest = max(max(len(nodes) for _label, nodes in columns), 1)
    boxes: dict[UUID, Box] = {}
    for at, (_label, nodes) in enumerate(columns):
        top = HEAD + (tallest - len(nodes)) * ROW // 2
        for row, node in enumerate(nodes):
            is_outside = node.chain_id != found.chain.pk
            name = f"{node.chain} · {node}" if is_outside else str(node)
            short = name if len(name) <= LONGEST + 10 * name.isascii() else name[: LONGEST - 1] + "…"
            boxes[node.pk] = Box(name, short, at * step, top + row * ROW + (ROW - BOX_HEIGHT) // 2, is_outside)
    heads = [(label, at * step + BOX_WIDTH // 2) for at, (label, _nodes) in enumerate(columns)]
    return Drawing(
        WIDTH, HEAD + tallest * ROW, heads, list(boxes.values()), _arrows(found.edges, boxes),
        [(key, colour) for key, (colour, _dash) in LOOKS.items()],
    )  # fmt: skip


def _arrows(edges: Sequence[Edge], boxes: dict[UUID, Box]) -> list[Arrow]:
    ports = _ports(edges, boxes)
    drawn: list[Arrow] = []
    taken = [(*one.middle, BOX_WIDTH, BOX_HEIGHT) for one in boxes.values()]
    for at, edge in enumerate(edges):
        (x1, y1, out1), (x2, y2, out2) = ports[at]
        bend = max(70, abs(x2 - x1) * 2 // 5)
        c1, c2 = x1 + out1 * bend, x2 + out2 * bend
        colour, dash = LOOKS[edge.kind]
        words = f"{edge.kind_label} {edge.count}"
        label_x, label_y = _free_place(taken, ((x1, y1), (c1, y1), (c2, y2), (x2, y2)), words)
        drawn.append(
            Arrow(
                f"M{x1} {y1}C{c1} {y1} {c2} {y2} {x2 + out2 * 4} {y2}", words, f"{edge.from_node} → {edge.to_node}: {words}",
                edge.kind, colour, dash, min(1 + edge.count, 6), label_x, label_y + 4,
            )
        )  # fmt: skip
    return drawn


def _ports(edges: Sequence[Edge], boxes: dict[UUID, Box]) -> list[tuple[Port, Port]]:
    """Where each arrow leaves and arrives: x, y, and 1 for the right side of the box, -1 for the left."""
    sides: dict[tuple[UUID, int], list[tuple[int, int, bool]]] = defaultdict(list)
    for at, edge in enumerate(edges):
        start, end = boxes[edge.from_node.pk], boxes[edge.to_node.pk]
        leaves, arrives = _sides(start, end)
        sides[edge.from_node.pk, leaves].append((end.y, at, True))
        sides[edge.to_node.pk, arrives].append((start.y, at, False))
    found: dict[tuple[int, bool], Port] = {}
    for (pk, side), wanted in sides.items():
        box, gap = boxes[pk], min(12, (BOX_HEIGHT - 8) // max(1, len(wanted)))
        for place, (_y, at, is_start) in enumerate(sorted(wanted)):
            y = box.middle[1] + (2 * place - len(wanted) + 1) * gap // 2
            found[at, is_start] = (box.x + BOX_WIDTH if side > 0 else box.x, y, side)
    return [(found[at, True], found[at, False]) for at in range(len(edges))]


def _sides(start: Box, end: Box) -> tuple[int, int]:
    if start.x == end.x:
        return 1, 1
    return (1, -1) if end.x > start.x else (-1, 1)


def _along(curve: Curve, t: float) -> Point:
    """A point of a Bézier curve."""
    u = 1 - t
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return round(x), round(y)


def _free_place(taken: list[tuple[int, int, int, int]], curve: Curve, words: str) -> Point:
    """The place on the curve nearest its middle where the words cover no box and no other words; it is taken then."""
    width = sum(7 if letter.isascii() else 12 for letter in words) + 6
    best: tuple[int, int, int] | None = None
    for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88):
        x, y = _along(curve, part)
        covered = sum(2 * abs(x - ox) < width + ow and 2 * abs(y - oy) < 15 + oh for ox, oy, ow, oh in taken)
        if best is None or covered < best[0]:
            best = (covered, x, y)
        if not covered:
            break
    assert best is not None
    taken.append((best[1], best[2], width, 15))
    return best[1], best[2]


def node_name(node: ChainNode, found: FlowMap) -> str:
    """A node's name, with its chain where it is another one."""
    return str(node) if node.chain_id == found.chain.pk else f"{node.chain} · {node}"
