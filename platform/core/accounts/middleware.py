"""Finds out who acts: the session's person with the acting organisation, or a bearer token's machine client."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from oauth2_provider.oauth2_backends import get_oauthlib_core

from core import clock, context
from core.accounts.actor import Actor
from core.accounts.models import MachineClient, Organisation, Person

SESSION_ORGANISATION = "acting_organisation"
SESSION_KIND = "acting_kind"
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
        context.enter(actor)
        try:
            return self.get_response(request)
        finally:
            context.leave()


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request; a stranger when nothing says otherwise."""
    request_id = request.headers.get("X-Request-Id", "")[:64] or uuid.uuid4().hex
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        # Pages are for people: a token opens nothing but the REST door, where its scopes are asked.
        return _machine(request, request_id) if request.path.startswith("/api/") else Actor(request_id=request_id)
    person = request.user
    if not isinstance(person, Person) or not person.is_authenticated:
        return Actor(request_id=request_id)
    return _person(request, person, request_id)


def _person(request: HttpRequest, person: Person, request_id: str) -> Actor:
    """The person acting for the organisation the request or the session names, else for their first one."""
    wanted = request.META.get(HEADER) or request.session.get(SESSION_ORGANISATION)
    organisation = None
    if wanted:
        try:
            organisation = Organisation.objects.filter(
                pk=uuid.UUID(str(wanted)), memberships__person=person, memberships__is_active=True
            ).first()
        except ValueError:
            organisation = None
    actor = Actor.for_person(person, organisation, request_id=request_id)
    kind = request.session.get(SESSION_KIND)
    if actor.organisation is not None:
        kinds = actor.organisation.kinds
        kind = kind if kind in kinds else (kinds[0] if kinds else None)
        return Actor(
            person=person, organisation=actor.organisation, roles=actor.roles, kind=kind, request_id=request_id
        )
    return actor


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
