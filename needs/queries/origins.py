"""What the room above says of projects: their names and links, for a result's origin and for the loop (R004)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from core.accounts.actor import Actor


@dataclass(frozen=True)
class OriginProject:
    """A project as this room shows it."""

    id: UUID
    label: str
    link: str


@dataclass(frozen=True)
class Projects:
    """`ours` gives the projects that the acting organisation takes part in, `seen` those of the ids the actor may see."""

    ours: Callable[[Actor], Iterable[OriginProject]]
    seen: Callable[[Actor, Iterable[UUID]], Iterable[OriginProject]]


_sources: list[Projects] = []


def use_projects(source: Projects) -> None:
    """Called once by the room that knows the projects, when it loads."""
    _sources[:] = [source]


def our_projects(actor: Actor) -> list[OriginProject]:
    """The projects of the acting organisation, which its results may come from."""
    return [one for source in _sources for one in source.ours(actor)]


def projects_seen(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID, OriginProject]:
    """Those of the projects that the actor may see, by id."""
    wanted = {one for one in ids if one is not None}
    return {one.id: one for source in _sources for one in source.seen(actor, wanted)} if wanted else {}
