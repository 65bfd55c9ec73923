"""Saved searches are for their owner alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from needs.models.library import SavedSearch
from needs.queries.saved_search import saved_searches_visible_to


def is_a_person(actor: Actor, _nothing: Any) -> bool:
    """A person who is signed in."""
    return actor.person is not None


def keeps_search(actor: Actor, search: Any) -> bool:
    """Whoever saved it."""
    return actor.person is not None and search.person_id == actor.person.pk


policy.register(
    {
        "needs.save_search": is_a_person,
        "needs.change_search": keeps_search,
        "needs.forget_search": keeps_search,
    },
    told={"needs.save_search": _("Searches are kept by people; a machine asks the library itself.")},
)
policy.visible(SavedSearch, "needs.view_saved_search", saved_searches_visible_to)
