"""Whether this process can serve, and what an operator wants to hear besides. Tells names and numbers, no secrets."""

from __future__ import annotations

import functools
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Min

from core import clock, db
from core.book.queries import present_verdict
from core.ops import heartbeats
from core.outbox.models import Event

log = logging.getLogger(__name__)

OK = "ok"
SILENT_AFTER = 180  # seconds without a sign of life


@dataclass(frozen=True)
class Health:
    """A word for each thing without which nothing works, warnings of what is about to hurt, and figures."""

    checks: dict[str, str]
    warnings: dict[str, str]
    told: dict[str, Any]

    @property
    def is_ready(self) -> bool:
        return all(word == OK for word in self.checks.values())

    @property
    def status(self) -> str:
        """`ok`, `degraded` (it serves, and somebody should look), `not ready`."""
        return "not ready" if not self.is_ready else "degraded" if self.warnings else OK

    def as_dict(self) -> dict[str, Any]:
        return {"status": self.status, "checks": self.checks, "warnings": self.warnings, "told": self.told}


def look() -> Health:
    """The health of this process now: database by its own role, migrations, Redis; heartbeats, outbox, disk told."""
    checks = {"database": _word(_database), "migrations": "not asked", "redis": _word(_redis)}
    if checks["database"] == OK:
        checks["migrations"] = _word(_migrations)
    can_tell = checks["migrations"] == OK
    ages, free = heartbeats.ages(), disk_free() >> 20
    told = {"outbox": _told(outbox_lag) if can_tell else None, "heartbeats": ages, "disk_free_mb": free}
    told["book"] = book = _told(book_verdict) if can_tell else None
    unsound = {"book": book["verdict"]} if book and book["verdict"] != "sound" else {}
    return Health(checks, _warnings(ages, free) | unsound, told)


def _warnings(ages: dict[str, int | None], free: int) -> dict[str, str]:
    """What stops nobody yet. A web without worker or with a full disk still shows its pages: it stays in service."""
    found = {}
    for name, age in ages.items():
        if age is None or age > SILENT_AFTER:
            found[name] = "no sign of life" if age is None else f"no sign of life for {age} s"
    if free < settings.DISK_FREE_MB:
        found["disk"] = f"{free} MB free, less than {settings.DISK_FREE_MB}"
    return found


def disk_free() -> int:
    """Bytes free where the product keeps its files."""
    place = Path(settings.MEDIA_ROOT)
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def outbox_lag() -> dict[str, int]:
    """How many events wait for delivery, and for how many seconds the oldest has."""
    waiting = Event.objects.filter(delivered_at__isnull=True).aggregate(many=Count("pk"), since=Min("created_at"))
    oldest = max(0, int((clock.now() - waiting["since"]).total_seconds())) if waiting["since"] else 0
    return {"waiting": waiting["many"], "oldest_seconds": oldest}


def book_verdict() -> dict[str, Any] | None:
    """What is to be told of the whole book and since when; None when there was no reading yet."""
    found = present_verdict()
    if found is None:
        return None
    age = max(0, int((clock.now() - found.created_at).total_seconds()))
    told: dict[str, Any] = {"verdict": found.verdict, "entries": found.entries, "seconds": age}
    return told if found.verdict == "sound" else told | {"first": found.first_index, "reason": found.reason}


def _word(check: Callable[[], str]) -> str:
    """What the check says; of what it raises only that it did, because an error may carry an address or a name."""
    try:
        return check()
    except Exception as error:
        log.warning("not ready: %s fails with %s", check.__name__.strip("_"), type(error).__name__)
        return "unreachable"


def _told(figures: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    try:
        return figures()
    except Exception:
        return None


def _database() -> str:
    return "role is too powerful" if db.too_powerful() else OK


def _redis() -> str:
    cache.get("health")
    return OK


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = len(wanted_migrations() - set(cursor.fetchall()))
    return f"{missing} not applied" if missing else OK


@functools.cache
def wanted_migrations() -> frozenset[tuple[str, str]]:
    """Every migration that this version of the product brings; read from disk once per process."""
    return frozenset(MigrationLoader(None).graph.nodes)


@functools.cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Those, and the ones that they stand for: a database may have come from either."""
    loader = MigrationLoader(None)
    return wanted_migrations() | {one for migration in loader.replacements.values() for one in migration.replaces}
