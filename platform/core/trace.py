"""The id of the request that the present work belongs to: from the door, through messages and news, to the worker."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_task: ContextVar[str] = ContextVar("task", default="")


def current() -> str:
    """The id of the request that is worked for; empty outside of any."""
    return _request_id.get()


def task() -> str:
    """The name of the job at work; empty at a door."""
    return _task.get()


def fresh() -> str:
    """An id for work that nobody sent one with."""
    return uuid.uuid4().hex


def accepted(sent: str | None) -> str:
    """The id that came from outside, if it is well-formed, else a fresh one."""
    return sent if sent and WELL_FORMED.fullmatch(sent) else fresh()


def for_problems() -> dict[str, str]:
    """What a problem document says about its occurrence."""
    request_id = current()
    return {"instance": f"urn:xielian:request:{request_id}", "request_id": request_id} if request_id else {}


@contextmanager
def bound(request_id: str, *, task: str | None = None) -> Iterator[str]:
    """What happens inside belongs to this request (and is done by this job)."""
    before = _request_id.set(request_id)
    before_task = _task.set(_task.get() if task is None else task)
    try:
        yield request_id
    finally:
        _task.reset(before_task)
        _request_id.reset(before)
