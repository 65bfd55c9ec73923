"""Which checks exist, what each guards and what each watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from core.accounts.models import Organisation
from core.errors import Missing, Text


@dataclass(frozen=True)
class Hit:
    """What a check found: the object, the rule with the numbers that fired it, what is missing, who is told."""

    obj: Model
    rule: Text
    numbers: dict[str, Any] = field(default_factory=dict)
    missing: Missing | None = None
    tell: Sequence[Organisation] = ()
    tell_operator: bool = False
    clears: Text = ""
    link: str = ""
    key: str = ""


Finder = Callable[..., Iterable[Hit]]


@dataclass(frozen=True)
class Check:
    """One registered check."""

    code: str
    title: Text
    find: Finder
    guards: tuple[str, ...] = ()
    watches: Callable[[], Iterable[Model]] | None = None

    @property
    def name(self) -> str:
        return f"{self.find.__module__}.{self.find.__qualname__}"


_checks: dict[str, Check] = {}


def check(
    code: str,
    *,
    title: Text,
    guards: Iterable[str] = (),
    watches: Callable[[], Iterable[Model]] | None = None,
) -> Callable[[Finder], Finder]:
    """Register `find(obj, **context)`, which yields hits.

    `guards` names the actions that refuse to run while it yields; `watches` gives the objects looked at on a
    schedule. `code` is the alert's id (A02); one code may have several functions.
    """

    def register(find: Finder) -> Finder:
        found = Check(code, title, find, tuple(guards), watches)
        _checks[found.name] = found
        return find

    return register


def registered() -> list[Check]:
    """All checks, in the order of their alert ids."""
    return sorted(_checks.values(), key=lambda one: (one.code, one.name))
