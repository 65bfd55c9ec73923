"""Named places on a page that rooms above fill, so that a lower room shows what it does not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Filler = Callable[..., "str | None"]


@dataclass(frozen=True)
class _Filling:
    fill: Filler
    order: int


_fillings: dict[str, list[_Filling]] = {}


def register(name: str, fill: Filler, *, order: int = 100) -> None:
    """Fill the place `name`: `fill(request, **context)` returns rendered (safe) HTML, or None to show nothing."""
    places = _fillings.setdefault(name, [])
    if all(one.fill is not fill for one in places):
        places.append(_Filling(fill, order))
        places.sort(key=lambda one: one.order)


def fill(name: str, request: HttpRequest, **context: Any) -> SafeString:
    """Everything registered for the place, in order, joined. Empty when nobody has anything to show."""
    parts = (one.fill(request, **context) for one in _fillings.get(name, []))
    # Fillers return rendered templates, which Django has escaped already; a plain string is escaped here.
    from django.utils.html import conditional_escape

    return mark_safe("".join(conditional_escape(part) for part in parts if part))  # noqa: S308
