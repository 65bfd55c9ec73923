"""What the room's newer pages share: they are for people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.errors import NotAllowed
from core.web.forms import do


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; a stranger is sent to the sign-in page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor


def act(request: HttpRequest, action: Callable[..., Any], **arguments: Any) -> HttpResponse:
    """A button that is one operation of somebody signed in."""
    actor_of(request)
    return do(request, action, **arguments)
