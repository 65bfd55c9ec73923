"""What the shell needs on every page: who acts, where they can go, and how the page should look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from core.web import nav
from core.web.preferences import theme_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Actor, navigation, seats and theme. All lazy: a fragment that shows none of them asks nothing of the database.

    A view that has counted already what the navigation counts says so in `request.counts_taken`, by the counting function.
    """
    actor = getattr(request, "actor", None)
    signed_in = actor is not None and actor.is_signed_in
    taken: dict[Any, Any] = getattr(request, "counts_taken", {})

    def counted(count: Callable[[Any], Any]) -> Any:
        if count not in taken:
            taken[count] = count(actor)
        return taken[count]

    return {
        "actor": actor,
        "nav_sections": SimpleLazyObject(
            lambda: nav.sections(actor, request.path, counted) if signed_in and actor else []
        ),
        "seats": SimpleLazyObject(lambda: _seats(actor) if signed_in else []),
        "inbox_count": SimpleLazyObject(lambda: counted(_inbox_count()) if signed_in else 0),
        "theme": theme_of(request),
        "drafts_of": _drafts_of(actor),
        "is_demo": getattr(settings, "DEMO", False),
    }


def _drafts_of(actor: Any) -> str:
    """Whose drafts this browser keeps, without telling who it is: nobody sees what somebody else typed here before."""
    person = getattr(actor, "person", None)
    return salted_hmac("core.web.drafts", str(person.pk)).hexdigest()[:16] if person else ""


def _seats(actor: Any) -> list[Any]:
    from core.accounts.models import Membership

    if actor.person is None:
        return []
    if actor.seats is not None:
        return list(actor.seats)
    seats = Membership.objects.filter(person=actor.person, is_active=True)
    return list(seats.select_related("organisation").order_by("created_at"))


def _inbox_count() -> Callable[[Any], int]:
    from core.inbox import queries

    return queries.unread_count
