"""What the portal's REST doors share: who asks, and ids in the question."""

from __future__ import annotations

from uuid import UUID

from rest_framework import exceptions
from rest_framework.request import Request

from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotAllowed


def actor_of(request: Request) -> Actor:
    """Who asks: signed in, and with a scope that reads needs."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise exceptions.NotAuthenticated
    if not policy.scope_allows(actor, "needs.view_need"):
        raise NotAllowed("The access token lacks the scope needs:read.", code="insufficient_scope")
    return actor


def id_asked(request: Request, name: str) -> UUID:
    """The id that stands in the question under this name."""
    try:
        return UUID(request.query_params[name])
    except ValueError:
        raise exceptions.ValidationError({name: ["Give an id."]}) from None
