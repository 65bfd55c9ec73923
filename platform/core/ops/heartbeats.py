"""Signs of life of the processes that nobody can ask over HTTP.

Two kinds: a key in Redis that anybody can read (a worker ran a job of the beat; the beat ticked), and a file beside
each process, for the probe of its own container.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from core import clock

NAMES = ("worker", "beat")
KEPT = 7 * 24 * 3600


def note(name: str) -> None:
    """The process of this name lives: everybody may know. An absent Redis hurts nobody here."""
    with suppress(Exception):
        cache.set(_key(name), clock.now().isoformat(), KEPT)


def touch(name: str) -> None:
    """The process of this name lives: its own container may know."""
    with suppress(OSError):
        path = file_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def file_of(name: str) -> Path:
    """The file that the process touches; `core.ops.probe` looks at its age."""
    return Path(settings.HEARTBEAT_DIR) / f"{name}.alive"


def ages() -> dict[str, int | None]:
    """Seconds since the last sign of life by name; None when there was none, or Redis cannot tell."""
    try:
        seen = cache.get_many([_key(name) for name in NAMES])
    except Exception:
        seen = {}
    return {name: _age(seen.get(_key(name))) for name in NAMES}


def age(name: str) -> int | None:
    """Seconds since the last sign of this name alone."""
    with suppress(Exception):
        return _age(cache.get(_key(name)))
    return None


def _age(moment: str | None) -> int | None:
    if moment is None:
        return None
    return max(0, int((clock.now() - dt.datetime.fromisoformat(moment)).total_seconds()))


def _key(name: str) -> str:
    return f"heartbeat:{name}"
