"""Conflicts of interest of panel members: computed from seats in organisations and from dated ties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.accounts.models import Membership, Organisation, Person
from core.ties import queries as ties
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember
from needs.queries.anonymity import names_withheld
from needs.queries.challenge import opened
from needs.states.bid import RECEIVED
from needs.states.review import PanelState

YEARS = 3


@dataclass(frozen=True)
class ConflictFound:
    """One reason why a person may not judge: with whom, of which kind (a tie's kind or `same_organisation`)."""

    organisation_id: UUID | None
    organisation: str
    kind: str
    since_on: dt.date | None = None
    until_on: dt.date | None = None
    # The person's organisation that has the tie, where it is not the person's own.
    through_id: UUID | None = None

    def as_dict(self) -> dict[str, str]:
        return {
            "organisation_id": str(self.organisation_id or ""),
            "organisation": self.organisation,
            "kind": self.kind,
            "since_on": self.since_on.isoformat() if self.since_on else "",
            "until_on": self.until_on.isoformat() if self.until_on else "",
        }


def seats_of(person: Person) -> set[UUID]:
    """The organisations the person belongs to, or belonged to within the last three years."""
    since = clock.now() - dt.timedelta(days=365 * YEARS)
    rows = Membership.objects.filter(person=person).filter(Q(is_active=True) | Q(left_at__gte=since))
    return set(rows.values_list("organisation_id", flat=True))


def conflicts_between(person: Person, organisations: Iterable[Organisation]) -> list[ConflictFound]:
    """Why the person may not judge these organisations; empty when nothing is known."""
    wanted = list(organisations)
    if not wanted:
        return []
    seats = seats_of(person)
    found = [ConflictFound(one.pk, one.name, "same_organisation") for one in wanted if one.pk in seats]
    for reason in ties.conflicts(person, wanted, clock.today(), years=YEARS):
        found.append(
            ConflictFound(
                reason.organisation.pk,
                reason.organisation.name,
                str(reason.kind),
                reason.since_on,
                reason.until_on,
                reason.through.pk if reason.through else None,
            )
        )
    return found


def conflicts_of(person: Person, challenge: Challenge) -> list[ConflictFound]:
    """The person's conflicts in a challenge: with its issuer and the need's owner at any time; with bidders only
    once the bids are opened, because before that even the names of the bidders are sealed."""
    hosts = {challenge.issuer_id, challenge.need.owner_id}
    found = [
        ConflictFound(one.pk, one.name, "same_organisation")
        for one in Organisation.objects.filter(pk__in=hosts & seats_of(person))
    ]
    if challenge.is_opened:
        bidders = Organisation.objects.filter(
            pk__in=Bid.objects.filter(challenge=challenge, state__in=RECEIVED).values("bidder_id")
        )
        found += conflicts_between(person, bidders)
    return found


def told_conflicts(challenge: Challenge, found: Iterable[ConflictFound]) -> list[ConflictFound]:
    """The conflicts as they may be told: in a challenge judged without names, a bidder is "a bidder" and the days are left out."""
    if not names_withheld(challenge):
        return list(found)
    hosts = {challenge.issuer_id, challenge.need.owner_id}
    return [
        one
        if one.organisation_id in hosts
        else replace(
            one, organisation_id=None, organisation=_("a bidder"), since_on=None, until_on=None, through_id=None
        )
        for one in found
    ]


def tied_to_bidder(person: Person, challenge: Challenge) -> bool:
    """Whether a person of the issuer has a tie of their own with a bidder.

    The seat in the issuer is why the person may act at all, and a project the issuer shares with a bidder is no reason
    against its own people.
    """
    hosts = {challenge.issuer_id, challenge.need.owner_id}
    found = conflicts_of(person, challenge)
    return any(one.organisation_id not in hosts and one.through_id not in hosts for one in found)


def challenges_cleared_for(person: Person) -> list[UUID]:
    """The opened challenges whose bids the person may judge: cleared by declaration, and no conflict found now.

    Computed at every reading, so that it holds in the very instant of the deadline, before any job has run.
    """
    seats = PanelMember.objects.filter(person=person, state=PanelState.CLEARED)
    challenges = {
        row.pk: row
        for row in Challenge.objects.filter(opened(), pk__in=seats.values("challenge_id")).select_related("need")
    }
    if not challenges:
        return []
    involved: dict[UUID, set[UUID]] = {pk: set() for pk in challenges}
    names: dict[UUID, Organisation] = {}
    for bid in Bid.objects.filter(challenge__in=challenges, state__in=RECEIVED).select_related("bidder"):
        involved[bid.challenge_id].add(bid.bidder_id)
        names[bid.bidder_id] = bid.bidder
    conflicted = {one.organisation_id for one in conflicts_between(person, names.values())}
    own = seats_of(person)
    return [
        pk
        for pk, row in challenges.items()
        if not (involved[pk] & conflicted) and row.issuer_id not in own and row.need.owner_id not in own
    ]
