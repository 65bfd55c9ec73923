"""The one place that reads the time, so that a test can set it and a task can pass it on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _frozen if _frozen is not None else dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place


def today() -> dt.date:
    """The calendar day in China, which is what a due date means here."""
    return now().astimezone(CHINA).date()


@contextmanager
def frozen(moment: dt.datetime) -> Iterator[None]:
    """Hold the clock of this process at a moment. For tests; threads of the process share it."""
    global _frozen
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before
