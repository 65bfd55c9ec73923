"""Which events exist and who listens."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")
Handler = Callable[..., None]

publishers: dict[str, type] = {}
listeners: dict[str, dict[str, Handler]] = {}
_names: dict[type, str] = {}


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
