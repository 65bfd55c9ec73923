"""Addresses of the shell's links, which stand on every page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_urlconf, reverse


def address_of(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of what is called so; empty while no room serves that name."""
    if args or kwargs:
        return _found(name, args, kwargs)
    return _kept(name, _urlconf())


@lru_cache(maxsize=1024)
def _kept(name: str, _where: str) -> str:
    return _found(name, (), {})


def _urlconf() -> str:
    from django.conf import settings

    return str(get_urlconf() or settings.ROOT_URLCONF)


def _found(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""
