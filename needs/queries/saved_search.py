"""Saved searches one may see: one's own, in the seat one acts in."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.accounts.actor import Actor
from needs.models.library import SavedSearch, SavedSearchHit
from needs.models.need import Need
from needs.queries.need import needs_visible_to


def saved_searches_visible_to(actor: Actor) -> QuerySet[SavedSearch]:
    """The actor's own searches, saved for the organisation they act for; with the number of needs told so far."""
    if actor.person is None:
        return SavedSearch.objects.none()
    rows = SavedSearch.objects.filter(person=actor.person, organisation=actor.organisation_id)
    hits = SavedSearchHit.objects.filter(search=OuterRef("pk")).order_by().values("search")
    return rows.annotate(found=Coalesce(Subquery(hits.annotate(n=Count("pk")).values("n")), 0))


def hits_of(actor: Actor, search: SavedSearch) -> QuerySet[Need]:
    """The needs of which the search told its owner, as far as the actor may still see them."""
    return needs_visible_to(actor).filter(pk__in=search.hits.values("need_id"))
