"""Writing ties; called by the rooms that learn of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import permutations
from uuid import UUID

from core import clock
from core.accounts.models import Organisation, Person
from core.ties.models import Tie, TieKind


def add(
    *, of: Person | Organisation, to: Organisation, kind: str, since_on: dt.date | None = None, until_on: dt.date | None = None,
    source: str = "", source_id: UUID | None = None,
) -> Tie:  # fmt: skip
    """Write a tie once per pair, kind and source."""
    person, organisation = (of, None) if isinstance(of, Person) else (None, of)
    row, _fresh = Tie.objects.get_or_create(
        person=person, organisation=organisation, to_organisation=to, kind=kind, source_id=source_id, source=source,
        defaults={"since_on": since_on or clock.today(), "until_on": until_on},
    )  # fmt: skip
    return row


def add_shared_project(
    organisations: Iterable[Organisation], *, people: Iterable[Person] = (), since_on: dt.date | None = None, source_id: UUID | None = None
) -> None:  # fmt: skip
    """All of them share a project: each organisation with each other, each person with each organisation."""
    all_of_them = list(organisations)
    for one, other in permutations(all_of_them, 2):
        add(of=one, to=other, kind=TieKind.SHARED_PROJECT, since_on=since_on, source="project", source_id=source_id)
    for person in people:
        for one in all_of_them:
            add(
                of=person, to=one, kind=TieKind.SHARED_PROJECT, since_on=since_on, source="project", source_id=source_id
            )
