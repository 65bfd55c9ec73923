"""Accessibility by axe: WCAG 2.2 AA on whatever the browser shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    return next(Path(__file__).parent.glob("axe-core-*/axe.min.js")).read_text(encoding="utf-8")


def violations(page: Any, *, but: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong with the page as it stands, one line each: rule, place, and why."""
    page.evaluate(_source())
    page.evaluate("scrollTo(0, 0)")  # what lies under the sticky bar would count as covered
    found = page.evaluate(
        "async (tags) => (await axe.run(document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false})).violations",
        TAGS,
    )
    return [
        f"{rule['id']}: {node['target'][0]}: {node['failureSummary'].splitlines()[1].strip()}"
        for rule in found
        if rule["id"] not in but
        for node in rule["nodes"]
    ]
