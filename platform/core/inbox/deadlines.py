"""All deadlines in one calendar: rooms register what falls due, each actor reads what they may see.

A source is `days(actor, start, end)`: the deadlines with `start <= at < end` that this actor may see, from the room's
visible-to queries, in a fixed number of queries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Person
from core.inbox.queries import tasks_for
from core.inbox.seats import open_seats

Text = str | Promise


@dataclass(frozen=True)
class Deadline:
    """One thing that falls due: on a day, or at a moment where the time of day counts."""

    key: str  # stays the same for ever: the UID of a calendar is made of it
    title: str
    link: str
    on: dt.date | None = None
    at: dt.datetime | None = None
    object_id: UUID | None = None
    organisation: str = ""
    changed_at: dt.datetime | None = None
    source: str = ""
    is_owed: bool = True  # somebody must do something; a date that merely passes is never late

    @property
    def day(self) -> dt.date:
        """The day in China on which it falls due."""
        if self.at is not None:
            return self.at.astimezone(clock.CHINA).date()
        assert self.on is not None
        return self.on

    @property
    def moment(self) -> dt.datetime:
        """The last moment that is still in time: a day lasts until its end."""
        if self.at is not None:
            return self.at
        assert self.on is not None
        return dt.datetime.combine(self.on + dt.timedelta(days=1), dt.time(), clock.CHINA)

    @property
    def is_late(self) -> bool:
        return self.is_owed and self.moment < clock.now()


Days = Callable[[Actor, dt.datetime, dt.datetime], Iterable[Deadline]]

PAST, AHEAD = dt.timedelta(days=60), dt.timedelta(days=400)
TASKS = "tasks"
_sources: dict[str, tuple[Text, Days]] = {}


def window() -> tuple[dt.datetime, dt.datetime]:
    """From when to when a calendar program sees: whole days, so that the same day gives the same answer."""
    today = dt.datetime.combine(clock.today(), dt.time(), clock.CHINA)
    return today - PAST, today + AHEAD


def register(name: str, label: Text, days: Days) -> None:
    """Add a source of deadlines; the label names it in the calendar's filter."""
    _sources[name] = (label, days)


def sources() -> list[tuple[str, Text]]:
    """Every source with its words, the reader's own tasks first."""
    return [(name, label) for name, (label, _days) in _sources.items()]


def deadlines_for(actor: Actor, start: dt.datetime, end: dt.datetime, source: str = "") -> list[Deadline]:
    """What falls due in between for this actor, in order of time; what is the actor's task stands there once."""
    found: list[Deadline] = []
    for name, (_label, days) in _sources.items():
        if source in ("", name):
            found += [replace(one, source=name) for one in days(actor, start, end)]
    return sorted(_once(found), key=lambda one: (one.moment, one.title))


def deadlines_of_person(person: Person, start: dt.datetime, end: dt.datetime) -> list[Deadline]:
    """What the person may see in all their seats together.

    A seat that asks for a second factor counts once the person has set one up.
    """
    actors, _shut = open_seats(person)
    found = {one.key: one for actor in actors for one in deadlines_for(actor, start, end)}
    return sorted(found.values(), key=lambda one: (one.moment, one.title))


def _once(found: list[Deadline]) -> list[Deadline]:
    """Without the deadlines of objects for which a task of the same day is there."""
    asked = {(one.object_id, one.day) for one in found if one.source == TASKS and one.object_id is not None}
    return [one for one in found if one.source == TASKS or (one.object_id, one.day) not in asked]


def _tasks(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    rows = tasks_for(actor).filter(due_at__gte=start, due_at__lt=end).select_related("organisation")
    for task in rows.order_by(F("due_at"))[:1000]:
        yield Deadline(
            key=f"task-{task.pk}",
            title=task.sentence,
            link=task.link,
            at=task.due_at,
            object_id=task.object_id,
            organisation=task.organisation.name if task.organisation else "",
            changed_at=task.created_at,
        )


register(TASKS, _("My tasks"), _tasks)
