"""Finds out who acts: the session's person with the acting organisation, or a bearer token's machine client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from oauth2_provider.oauth2_backends import get_oauthlib_core

from core import clock, context, trace
from core.accounts import factors, sessions
from core.accounts.actor import Actor
from core.accounts.models import MachineClient, Organisation, Person

SESSION_ORGANISATION = "acting_organisation"
SESSION_KIND = "acting_kind"
ONESELF = "oneself"  # in the session's organisation: an expert with a seat acts for none of their organisations
# Where a person may go who still lacks the second factor or a password of their own: to their account, and out.
# REST then acts for no organisation.
OPEN_WHILE_HELD = ("/accounts/", "/api/", "/static/", "/shell/", "/health/")
HEADER = "HTTP_X_ORGANISATION"


class ActorMiddleware:
    """Sets `request.actor`, and the database context of everything the request reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            return self.get_response(request)
        if hasattr(request, "held_at") and not request.path.startswith(OPEN_WHILE_HELD):
            return redirect(request.held_at)
        context.enter(actor)
        try:
            return self.get_response(request)
        finally:
            context.leave()


def act_for(request: HttpRequest, organisation: Organisation | None, kind: str = "") -> None:
    """From now on the session acts for the organisation, as this one of its kinds or its main one; or for oneself."""
    request.session[SESSION_ORGANISATION] = str(organisation.pk) if organisation else ONESELF
    request.session[SESSION_KIND] = kind or (organisation.main_kind if organisation else "")


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request; a stranger when nothing says otherwise."""
    request_id = trace.current()
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        # Pages are for people: a token opens nothing but the REST door, where its scopes are asked.
        return _machine(request, request_id) if request.path.startswith("/api/") else Actor(request_id=request_id)
    person = request.user
    if not isinstance(person, Person) or not person.is_authenticated:
        return Actor(request_id=request_id)
    if sessions.is_over(request.session):
        logout(request)
        return Actor(request_id=request_id)
    _note_seen(request, person)
    return _person(request, person, request_id)


def _note_seen(request: HttpRequest, person: Person) -> None:
    """At most every five minutes, so that reading a page writes nothing."""
    key = request.session.session_key
    if key and cache.add(f"seen:{key}", 1, sessions.SEEN_EVERY.total_seconds()):
        sessions.seen(request, person)


def lacks_factor(request: HttpRequest, actor: Actor) -> bool:
    """Whether this session may not act for the organisation before the second factor is set up or given."""
    person = actor.person
    return (
        person is not None
        and not request.session.get(sessions.FACTOR)
        and factors.needs_factor(person, actor.organisation, actor.roles)
    )


def _person(request: HttpRequest, person: Person, request_id: str) -> Actor:
    """The person acting for the organisation the request or the session names, else for their first one."""
    wanted = request.META.get(HEADER) or request.session.get(SESSION_ORGANISATION)
    is_fresh = sessions.is_fresh(request.session)
    if sessions.COMMON in request.session:
        request.held_at = "accounts:change_password"  # type: ignore[attr-defined]
        return Actor(person=person, request_id=request_id, is_fresh=is_fresh)
    if wanted == ONESELF and person.is_expert:
        return Actor(person=person, request_id=request_id, is_fresh=is_fresh)
    actor = Actor.for_person(person, _as_id(wanted), request_id=request_id, is_fresh=is_fresh)
    if lacks_factor(request, actor):
        request.lacks_second_factor = actor.organisation  # type: ignore[attr-defined]
        request.held_at = "accounts:security"  # type: ignore[attr-defined]
        return Actor(person=person, request_id=request_id, is_fresh=is_fresh)
    kind = request.session.get(SESSION_KIND)
    if actor.organisation is not None:
        kind = kind if kind in actor.organisation.kinds else actor.organisation.main_kind
        return replace(actor, kind=kind or None)
    return actor


def _as_id(wanted: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(wanted)) if wanted else None
    except ValueError:
        return None


def _machine(request: HttpRequest, request_id: str) -> Actor:
    valid, oauth = get_oauthlib_core().verify_request(request, scopes=[])
    token = getattr(oauth, "access_token", None)
    if not valid or token is None or token.expires <= clock.now():
        return Actor(request_id=request_id)
    client = (
        MachineClient.objects.select_related("organisation")
        .filter(application=token.application, is_active=True)
        .first()
    )
    if client is None:
        return Actor(request_id=request_id)
    return Actor.for_client(client, frozenset(token.scope.split()), request_id=request_id)
