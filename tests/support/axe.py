"""Accessibility by axe: WCAG 2.2 AA on whatever the browser shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHELL = [[".top"], [".side"]]


@cache
def source() -> str:
    """The script; given to a window as its first one, it need not be handed to each page again."""
    return next(Path(__file__).parent.glob("axe-core-*/axe.min.js")).read_text(encoding="utf-8")


def violations(page: Any, *, but: tuple[str, ...] = (), but_shell: bool = False) -> list[str]:
    """What axe finds wrong with the page as it stands, one line each: rule, place, and why.

    `but_shell` leaves out top bar and navigation, which are the same on every page of a window.
    """
    if not page.evaluate("!!window.axe"):
        page.evaluate(source())
    page.evaluate("scrollTo(0, 0)")  # what lies under the sticky bar would count as covered
    found = page.evaluate(
        "async ([tags, exclude]) => (await axe.run({include: [['html']], exclude},"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false})).violations",
        [TAGS, SHELL if but_shell else []],
    )
    return [
        f"{rule['id']}: {node['target'][0]}: {node['failureSummary'].splitlines()[1].strip()}"
        for rule in found
        if rule["id"] not in but
        for node in rule["nodes"]
    ]
