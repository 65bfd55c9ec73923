"""A person's seats outside of any browser: in which of them they may read, as in e-mail and in a calendar program."""

from __future__ import annotations

from core.accounts import factors
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person


def open_seats(person: Person) -> tuple[list[Actor], list[Organisation]]:
    """The person in each seat they may act in, and the organisations that ask them for a second factor they have not set up.

    Without any seat that is open, the person alone.
    """
    rows = Membership.objects.filter(person=person, is_active=True).select_related("organisation")
    actors = [Actor.for_person(person, seat.organisation) for seat in rows.order_by("created_at")]
    strict = [one for one in actors if factors.needs_factor(person, one.organisation, one.roles)]
    if strict and not factors.has_factor(person):
        actors = [one for one in actors if one not in strict]
    else:
        strict = []
    return actors or [Actor(person=person)], [one.organisation for one in strict if one.organisation is not None]
