"""The browsers in which a person signed in before: each keeps a mark, and a sign-in from one without it is told to the person.

A mark says nothing about the person to whoever reads the cookie. It outlives the session, and grants nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from core import clock
from core.accounts.models import Person
from core.inbox import services as inbox

KIND = "new_browser"
# People who share a browser; of more than these the first to come go.
MOST = 10
KEPT = dt.timedelta(days=365)
# Who opened the account just now knows that they did.
NEW_ACCOUNT = dt.timedelta(hours=1)


def is_known(request: HttpRequest, person: Person) -> bool:
    """Whether the person has signed in from this browser before."""
    return _mark(person) in _marks(request)


def _mark(person: Person) -> str:
    return salted_hmac("accounts.browser", str(person.pk)).hexdigest()[:32]


def _marks(request: HttpRequest) -> list[str]:
    return request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "").split(".")[:MOST]


def opened(request: HttpRequest, person: Person) -> None:
    """The person has just signed in: tell them when the browser is new to them, and have it marked."""
    known, mark = _marks(request), _mark(person)
    request.browser_marks = [mark, *(one for one in known if one and one != mark)][:MOST]  # type: ignore[attr-defined]
    # Demonstration accounts are everybody's.
    if mark not in known and not settings.DEMO and clock.now() - person.created_at > NEW_ACCOUNT:
        inbox.notify(
            kind=KIND,
            title=gettext_noop(
                "Somebody signed in to your account from a new browser, at %(address)s; if it was not you, end that session and change your password"
            ),
            params={"address": request.META["REMOTE_ADDR"]},  # what the browser calls itself anybody may write
            to=[person],
            link="/accounts/security/",
        )


class KnownBrowserMiddleware:
    """Leaves the mark in the browser in which somebody has just signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        marks = getattr(request, "browser_marks", None)
        if marks:
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE_NAME,
                ".".join(marks),
                max_age=KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
