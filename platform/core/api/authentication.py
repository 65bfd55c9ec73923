"""Who sends the request: already found out by the actor's middleware; here only told to the REST framework."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from core.accounts.actor import Actor


class ActorAuthentication(BaseAuthentication):
    """Gives `(person or client, actor)`; a person's session needs the CSRF token, a bearer token does not."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        actor: Actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            if request.headers.get("Authorization"):
                raise exceptions.AuthenticationFailed(_("The access token is unknown or has expired."))
            return None
        if actor.person is not None:
            self._check_csrf(request)
        return actor.person or actor.client, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="xielian"'

    def _check_csrf(self, request: Request) -> None:
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type]
        check.process_request(request._request)
        reason = check.process_view(request._request, None, (), {})  # type: ignore[arg-type]
        if reason:
            raise exceptions.PermissionDenied(_("The secret of the form (CSRF token) is missing or wrong."))
