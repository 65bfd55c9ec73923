"""Where projects come from: shares now and over time, and the history of each (R007)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q
from django.utils import timezone

from core import clock
from core.accounts.actor import Actor
from projects.models import OriginChange, Project
from projects.queries.project import projects_visible_to
from projects.states import Origin

MONTHS = 12


@dataclass(frozen=True)
class Share:
    """How many projects have an origin, and their share of all in percent."""

    origin: Origin
    count: int
    percent: Decimal


@dataclass(frozen=True)
class Month:
    """The shares at the end of a month, or now for the month that runs."""

    on: dt.date
    total: int
    shares: list[Share]


def shares(counts: Mapping[str, int]) -> list[Share]:
    """Percent with one place; all zero over nothing."""
    whole = sum(counts.values())
    return [
        Share(
            one, counts.get(one.value, 0),
            (Decimal(100) * counts.get(one.value, 0) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal(0),
        )
        for one in Origin
    ]  # fmt: skip


def origin_shares(actor: Actor) -> list[Share]:
    """The shares among the projects one sees, now; one query."""
    rows = Project.objects.filter(pk__in=projects_visible_to(actor).values("pk"))
    found = rows.aggregate(**{one.value: Count("pk", filter=Q(origin=one)) for one in Origin})
    return shares(found)


def origin_trend(actor: Actor, months: int = MONTHS) -> list[Month]:
    """The shares at the end of each of the last months, as they were then; two queries.

    A project older than its first remembered change had until then the origin that this change names as the one before.
    """
    projects = list(projects_visible_to(actor).values_list("pk", "created_at", "origin"))
    changes: dict[object, list[OriginChange]] = {}
    for row in OriginChange.objects.filter(project__in=projects_visible_to(actor).values("pk")).order_by("changed_at"):
        changes.setdefault(row.project_id, []).append(row)
    trend = []
    for end in _ends(months):
        counts: Counter[str] = Counter()
        for pk, created_at, origin in projects:
            if created_at <= end:
                counts[_origin_at(end, origin, changes.get(pk, []))] += 1
        on = timezone.localtime(end - dt.timedelta(microseconds=1), clock.CHINA).date()
        trend.append(Month(on, sum(counts.values()), shares(counts)))
    return trend


def _origin_at(moment: dt.datetime, now: str, changes: list[OriginChange]) -> str:
    before = [one for one in changes if one.changed_at <= moment]
    if before:
        return before[-1].after
    return (changes[0].before or changes[0].after) if changes else now


def _ends(months: int) -> list[dt.datetime]:
    """The first moments of the months that follow each of the last months, by China's calendar; the last is now."""
    first = timezone.localtime(clock.now(), clock.CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    for _one in range(months - 1):
        found.append(first)
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return [*reversed(found), clock.now()]
