"""Ratios: ours beside a peer, taken in turns in one run, told in one line each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def rounds(count: int, sides: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each side's figure in each round; the sides take turns, and change who begins."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(count):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found[name].append(sides[name]())
    return found


def line(
    what: str, ours: Sequence[float], peer: Sequence[float], *, goal: float, unit: str, at_most: bool = False
) -> bool:
    """Print what, ours, the peer's, the median of the ratios within rounds, the goal, and whether it is met."""
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    ratio = statistics.median(ratios)
    met = ratio <= goal if at_most else ratio >= goal
    print(
        f"{what:52} ours {statistics.median(ours):9.2f} {unit}  peer {statistics.median(peer):9.2f} {unit}  ratio {ratio:5.2f} "
        f"[{min(ratios):.2f}-{max(ratios):.2f}]  goal {'<=' if at_most else '>='} {goal:g}  {'met' if met else 'NOT MET'}",
        flush=True,
    )
    return met


def seconds(call: Callable[[], object]) -> float:
    """How long the call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
