"""The product's clock, held by a test."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack

from core import clock


class Clock:
    """Stands at `now` until it is set or moved."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self.set(clock.now())

    @property
    def now(self) -> dt.datetime:
        return clock.now()

    def set(self, moment: dt.datetime) -> None:
        self._held.close()
        self._held.enter_context(clock.frozen(moment))

    def move(self, **duration: float) -> None:
        """Let time pass: `move(days=3, seconds=1)`."""
        self.set(clock.now() + dt.timedelta(**duration))

    def release(self) -> None:
        self._held.close()
