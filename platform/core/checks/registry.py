"""Which checks exist, what each guards and what each watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.checks.states import Severity
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


@dataclass(frozen=True)
class Threshold:
    """A figure of a rule that each chain may set for itself, between two limits."""

    name: str
    label: Text
    default: Decimal | int
    unit: Text = ""
    low: Decimal | int = 0
    high: Decimal | int = 10**9
    is_whole: bool = False


Finder = Callable[..., Iterable[Hit]]


@dataclass(frozen=True)
class Check:
    """One registered check."""

    code: str
    title: Text
    find: Finder
    guards: tuple[str, ...] = ()
    watches: Callable[[], Iterable[Model]] | None = None
    severity: str = Severity.WARNING
    thresholds: tuple[Threshold, ...] = ()
    chain_of: Callable[[Any], UUID | None] | None = None
    figures: Mapping[str, Text] = field(default_factory=dict)

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
    severity: str = Severity.WARNING,
    thresholds: Iterable[Threshold] = (),
    chain_of: Callable[[Any], UUID | None] | None = None,
    figures: Mapping[str, Text] | None = None,
) -> Callable[[Finder], Finder]:
    """Register `find(obj, **context)`, which yields hits.

    `guards` names the actions that refuse to run while it yields; `watches` gives the objects looked at on a
    schedule. `code` is the alert's id (A02); one code may have several functions. `thresholds` are figures that a
    chain may set for itself: read them with `checks.threshold(code, name, chain_id)`. `chain_of` gives the id of the
    chain that an object of the check belongs to; `figures` words the names of a hit's numbers.
    """

    def register(find: Finder) -> Finder:
        found = Check(
            code, title, find, tuple(guards), watches, severity, tuple(thresholds), chain_of, dict(figures or {})
        )
        _checks[found.name] = found
        return find

    return register


def registered() -> list[Check]:
    """All checks, in the order of their alert ids."""
    return sorted(_checks.values(), key=lambda one: (one.code, one.name))


def thresholds() -> list[tuple[Check, Threshold]]:
    """Every declared threshold with its check, in the order of the alert ids."""
    found: dict[tuple[str, str], tuple[Check, Threshold]] = {}
    for one in registered():
        for threshold in one.thresholds:
            found.setdefault((one.code, threshold.name), (one, threshold))
    return list(found.values())


@dataclass(frozen=True)
class Chains:
    """What the room above says about chains: id and name of those an actor sees, and whether an actor leads one."""

    listed: Callable[[Actor], Iterable[tuple[UUID, str]]]
    leads: Callable[[Actor, UUID], bool]


_chains: list[Chains] = []


def use_chains(chains: Chains) -> None:
    """Called once by the room that knows the chains, when it loads."""
    _chains[:] = [chains]


def chains_seen_by(actor: Actor) -> list[tuple[UUID, str]]:
    """The chains an actor sees, by name."""
    return [(pk, name) for source in _chains for pk, name in source.listed(actor)]


def leads_chain(actor: Actor, chain_id: UUID) -> bool:
    """Whether the actor speaks for the leader of the chain."""
    return any(source.leads(actor, chain_id) for source in _chains)
