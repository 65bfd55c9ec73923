"""Which events exist and who listens."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

E = TypeVar("E")
Handler = Callable[..., None]

publishers: dict[str, type] = {}
listeners: dict[str, dict[str, Handler]] = {}
_names: dict[type, str] = {}


@dataclasses.dataclass(frozen=True)
class Told:
    """The event that a listener is being told: its id, and when it was published."""

    id: uuid.UUID
    at: dt.datetime


_present: ContextVar[Told | None] = ContextVar("told", default=None)


def present() -> Told:
    """Which event the listener at work was told; outside of a listener there is none."""
    told = _present.get()
    if told is None:
        raise RuntimeError("present() belongs inside a listener")
    return told


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Listeners called inside may ask `present()`."""
    before = _present.set(told)
    try:
        yield
    finally:
        _present.reset(before)


def event(name: str) -> Callable[[type[E]], type[E]]:
    """Register a frozen dataclass of ids and plain values as the event `name` ("needs.need_published")."""

    def register(kind: type[E]) -> type[E]:
        if not dataclasses.is_dataclass(kind):
            raise TypeError(f"{kind} is not a dataclass")
        publishers[name] = kind
        _names[kind] = name
        return kind

    return register


def on(kind: type) -> Callable[[Handler], Handler]:
    """Register `handler(event)`; it runs in one transaction with its delivery mark, at least in any order, once."""

    def register(handler: Handler) -> Handler:
        name = _names[kind]
        listeners.setdefault(name, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def name_of(news: Any) -> str:
    return _names[type(news)]


def name_of_kind(kind: type) -> str:
    return _names[kind]
