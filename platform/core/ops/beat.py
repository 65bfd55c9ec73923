"""The scheduler of `celery beat`, which says at each turn that it lives."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import PersistentScheduler

from core.ops import heartbeats

EVERY = 10


class Scheduler(PersistentScheduler):
    """Celery's own scheduler with a sign of life, at most every ten seconds."""

    _told = 0.0
    max_interval = EVERY

    def tick(self, *args: Any, **kwargs: Any) -> float:
        wait: float = super().tick(*args, **kwargs)
        if time.monotonic() - self._told >= EVERY / 2:
            self._told = time.monotonic()
            heartbeats.note("beat")
            heartbeats.touch("beat")
        return wait
