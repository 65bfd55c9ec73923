"""What the inbox keeps about one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.accounts.models import Membership, Person
from core.accounts.own_data import AT_ONCE, fields_of, register
from core.inbox.models import Absence, Choice, Feed, Notification, Preferences, Task


def _tasks(person: Person) -> Iterable[dict[str, Any]]:
    """The tasks that waited for the person alone, were handed to them, or that they closed.

    What a task of an organisation said is told while the person has a seat there: the inbox shows it no longer than that.
    """
    seats = set(Membership.objects.filter(person=person, is_active=True).values_list("organisation_id", flat=True))
    own = (
        Task.objects.filter(person=person) | Task.objects.filter(holder=person) | Task.objects.filter(closed_by=person)
    )
    for row in own.distinct().order_by("created_at").iterator(chunk_size=AT_ONCE):
        told = {name: getattr(row, name) for name in ("kind", "state", "created_at", "due_at", "closed_at")}
        is_told = row.organisation_id is None or row.organisation_id in seats
        yield {"sentence": row.sentence if is_told else "", **told, "link": row.link if is_told else ""}


def _notifications(person: Person) -> Iterable[dict[str, Any]]:
    for row in Notification.objects.filter(person=person).order_by("created_at").iterator(chunk_size=AT_ONCE):
        told = {name: getattr(row, name) for name in ("kind", "body", "created_at", "read_at", "mailed_at", "link")}
        yield {"sentence": row.sentence, **told}


register("tasks", _tasks)
register("notifications", _notifications)
register(
    "preferences",
    lambda person: fields_of(Preferences.objects.filter(person=person), "zone", "quiet_from", "quiet_to", "digest_at"),
)
register(
    "preferences_by_kind",
    lambda person: fields_of(Choice.objects.filter(preferences__person=person), "kind", "is_shown", "mail"),
)
register(
    "absences",
    lambda person: fields_of(
        Absence.objects.filter(person=person),
        "organisation__name",
        "cover__name",
        "starts_on",
        "ends_on",
        "note",
        "ended_at",
    ),
)
register(
    "covering_for",
    lambda person: fields_of(
        Absence.objects.filter(cover=person), "organisation__name", "person__name", "starts_on", "ends_on", "ended_at"
    ),
)
register(
    "calendar_address",
    lambda person: fields_of(Feed.objects.filter(person=person), "created_at", "renewed_at", "read_at"),
)
