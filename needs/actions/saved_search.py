"""Keeping searches of the library (R019)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid
from needs.models.library import SavedSearch
from needs.queries.library import wrong_in
from needs.states.library import Pace

MOST = 50


@command
def save_search(*, actor: Actor, name: str, query: Mapping[str, str], pace: str = Pace.DAILY) -> SavedSearch:
    """Keep what one looks for in the library; from now on new needs that fit are told, as often as one wishes."""
    policy.require(actor, "needs.save_search")
    asked = {key: value.strip() for key, value in query.items() if value.strip()}
    if wrong := wrong_in(actor, asked):
        raise Invalid(_("The library cannot be asked this: %(names)s.") % {"names": ", ".join(wrong)}, field="query")
    if not asked:
        raise Invalid(_("Search or filter first; then save what you look for."), field="query")
    mine = SavedSearch.objects.filter(person=actor.person, organisation=actor.organisation)
    if mine.count() >= MOST:
        raise Invalid(_("You keep %(n)d searches; forget one first.") % {"n": MOST}, field="name", code="too_many")
    row = SavedSearch(person=actor.person, organisation=actor.organisation, query=asked, looked_at=clock.now())
    _name(row, name, pace)
    row.save()
    book.record(actor, "save_search", row, after={"name": row.name, "query": asked, "pace": pace})
    return row


@command
def change_search(*, actor: Actor, search_id: UUID, name: str, pace: str) -> SavedSearch:
    """Give a saved search another name, or be told more or less often."""
    row = policy.fetch_for_update(actor, "needs.change_search", SavedSearch, search_id)
    before = {"name": row.name, "pace": row.pace}
    if row.pace == Pace.NEVER and pace != Pace.NEVER:
        row.looked_at = clock.now()  # what came while nobody wished to hear is not told in one heap
    _name(row, name, pace)
    row.save()
    book.record(actor, "change_search", row, before=before, after={"name": row.name, "pace": row.pace})
    return row


@command
def forget_search(*, actor: Actor, search_id: UUID) -> SavedSearch:
    """Keep a search no longer, nothing more is told; gives it as it was."""
    row = policy.fetch_for_update(actor, "needs.forget_search", SavedSearch, search_id)
    book.record(actor, "forget_search", row, before={"name": row.name, "query": row.query})
    SavedSearch.objects.filter(pk=row.pk).delete()
    return row


def _name(row: SavedSearch, name: str, pace: str) -> None:
    wrong = {}
    row.name, row.pace = name.strip(), pace
    if not row.name:
        wrong["name"] = [_("Give the search a name.")]
    same = SavedSearch.objects.filter(person=row.person, organisation=row.organisation, name=row.name).exclude(
        pk=row.pk
    )
    if row.name and same.exists():
        wrong["name"] = [_("You have a search of this name already.")]
    if pace not in Pace.values:
        wrong["pace"] = [_("Choose how often you wish to be told.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
