"""Looking for what is new in saved searches, and telling their owners (R019)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Membership
from core.command import system_command
from core.inbox import services as inbox
from needs.models.library import SavedSearch, SavedSearchHit
from needs.models.need import Need
from needs.queries.library import asked_needs, wrong_in
from needs.states.library import EVERY
from needs.states.need import LISTED

# A need that was published while we looked may carry a moment before ours: look back a little, tell once.
OVERLAP = dt.timedelta(minutes=10)
# So many are told at once; what is more waits for the next look.
TOLD_AT_ONCE = 200


def tell_due(now: dt.datetime | None = None) -> int:
    """Look for every saved search that is due, tell its owner of what is new; safe to run twice. Gives how many were told."""
    now = now or clock.now()
    due = Q()
    for pace, every in EVERY.items():
        due |= Q(pace=pace, looked_at__lte=now - every)
    told = 0
    for pk in list(SavedSearch.objects.filter(due).order_by("looked_at").values_list("pk", flat=True)[:5_000]):
        with system_command("needs.tell_searches"):
            row = SavedSearch.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, pk=pk).first()
            if row is not None:
                told += bool(look(row, now))
    return told


def look(row: SavedSearch, now: dt.datetime) -> list[Need]:
    """The needs that are new for the search; its owner is told of them once."""
    actor = owner_of(row)
    since = max(row.looked_at - OVERLAP, row.created_at)
    row.looked_at = now
    row.save(update_fields=["looked_at"])
    if actor is None or wrong_in(actor, row.query):
        return []
    fresh = asked_needs(actor, row.query).filter(state__in=LISTED, published_at__gt=since, published_at__lte=now)
    known = SavedSearchHit.objects.filter(search=row).values("need_id")
    fresh = fresh.exclude(owner=actor.organisation_id).exclude(pk__in=known)
    found = list(fresh.order_by(F("published_at").asc(), "pk")[: TOLD_AT_ONCE + 1])
    if len(found) > TOLD_AT_ONCE:
        found = found[:TOLD_AT_ONCE]
        row.looked_at = found[-1].published_at or now
        row.save(update_fields=["looked_at"])
    if not found:
        return []
    SavedSearchHit.objects.bulk_create([SavedSearchHit(search=row, need=one) for one in found], ignore_conflicts=True)
    inbox.notify(
        kind="saved_search", title=gettext_noop("%(count)s new for your search “%(name)s”: %(first)s"),
        params={"count": len(found), "name": row.name, "first": found[0].title}, to=row.person, obj=row, link=link(row.pk),
    )  # fmt: skip
    return found


def owner_of(row: SavedSearch) -> Actor | None:
    """The person in the seat in which they saved the search; nobody once they have left it."""
    if not row.person.is_active:
        return None
    if row.organisation is None:
        return Actor(person=row.person)
    seat = Membership.objects.filter(person=row.person, organisation=row.organisation, is_active=True)
    return Actor.for_person(row.person, row.organisation) if seat.exists() else None


def link(pk: UUID) -> str:
    return reverse("needs:saved_search", args=[pk])
