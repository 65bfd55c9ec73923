"""Reading ties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from core.accounts.models import Membership, Organisation, Person
from core.ties.models import Tie, TieKind


@dataclass(frozen=True)
class Reason:
    """Why a person may not judge an organisation: a tie of theirs, or of the organisation they belong to."""

    organisation: Organisation
    kind: str
    since_on: dt.date
    until_on: dt.date | None
    through: Organisation | None = None

    @property
    def words(self) -> str:
        return f"{TieKind(self.kind).label} {self.organisation}"


def conflicts(person: Person, organisations: Iterable[Organisation], on: dt.date, *, years: int = 3) -> list[Reason]:
    """The person's ties with these organisations that lasted into the last `years`, direct ones first.

    A seat in an organisation counts as being employed by it; a project that the person's organisation shares with
    another counts for its members as well.
    """
    wanted = {one.pk: one for one in organisations}
    if not wanted:
        return []
    since = on - dt.timedelta(days=round(365.25 * years))
    recent = Q(since_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gte=since))
    # A tie without an end stands for an event (an application, a project) and counts from its day.
    recent &= (
        Q(kind__in=[TieKind.EMPLOYED, TieKind.OWNS, TieKind.DECLARED]) | Q(until_on__gte=since) | Q(since_on__gte=since)
    )
    found = [
        Reason(wanted[row.to_organisation_id], row.kind, row.since_on, row.until_on)
        for row in Tie.objects.filter(recent, person=person, to_organisation__in=wanted)
    ]
    seats = Membership.objects.filter(person=person, is_active=True).select_related("organisation")
    homes: dict[UUID, Organisation] = {seat.organisation_id: seat.organisation for seat in seats}
    found += [
        Reason(wanted[row.to_organisation_id], row.kind, row.since_on, row.until_on, homes[row.organisation_id])
        for row in Tie.objects.filter(recent, organisation__in=homes, to_organisation__in=wanted)
        if row.organisation_id in homes
    ]
    return found
