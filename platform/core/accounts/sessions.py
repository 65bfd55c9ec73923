"""The browsers in which people are signed in: kept at sign-in, listed, ended; asks no permission."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from core import clock
from core.accounts import browsers
from core.accounts.models import Person, SignedIn

CONFIRMED = "confirmed_at"  # when the person last proved who they are, in seconds
FACTOR = "second_factor"  # whether this session was opened, or later confirmed, with the second factor
SIGN_ON = (
    "sign_on"  # how the provider of single sign-on opened this session: its issuer and what signing out there needs
)
COMMON = "common_password"  # opened with a password that everybody knows: where its person goes on to with another one
BEGAN, USED = "began_at", "used_at"  # when the person signed in, and when the session was last used, in seconds
USED_EVERY = 60
SEEN_EVERY = dt.timedelta(minutes=5)


def opened(request: HttpRequest, person: Person) -> None:
    """The person has just signed in: remember the browser and that they are fresh."""
    confirmed(request)
    request.session[BEGAN] = request.session[USED] = int(clock.now().timestamp())
    if not request.session.session_key:
        request.session.save()
    SignedIn.objects.update_or_create(
        session_key=request.session.session_key or "",
        defaults={
            "person": person,
            "browser": request.headers.get("User-Agent", "")[:200],
            "address": request.META.get("REMOTE_ADDR") or None,
            "seen_at": clock.now(),
        },
    )
    if request.META.get("REMOTE_ADDR"):  # without one the session was opened from inside, by no browser
        browsers.opened(request, person)


def confirmed(request: HttpRequest, *, by_factor: bool = False) -> None:
    """The person has just proved again who they are."""
    request.session[CONFIRMED] = int(clock.now().timestamp())
    if by_factor:
        request.session[FACTOR] = True


def keep(request: HttpRequest, person: Person) -> None:
    """What is kept of the person's password has changed by their own doing: this session goes on, and stays among those they see."""
    before = request.session.session_key
    update_session_auth_hash(request, person)  # under a new key
    moved(request, before)


def moved(request: HttpRequest, before: str | None) -> None:
    """The session has a new key: it is the same sign-in in the list of its person, where it can be ended."""
    if before and before != request.session.session_key:
        if not request.session.session_key:
            request.session.save()
        SignedIn.objects.filter(session_key=before).update(session_key=request.session.session_key)


def signed_on(request: HttpRequest, how: dict[str, str], *, at: int | None, by_factor: bool) -> None:
    """The session was opened by single sign-on: as fresh as the sign-in at the provider, and not at all if it does not tell."""
    request.session[SIGN_ON] = how
    request.session[CONFIRMED] = min(at or 0, int(clock.now().timestamp()))
    if by_factor:
        request.session[FACTOR] = True


def is_fresh(session: Any) -> bool:
    """Whether the person proved who they are within the setting's minutes; always, where the setting is 0."""
    minutes = settings.FRESH_SIGN_IN_MINUTES
    return not minutes or clock.now().timestamp() - session.get(CONFIRMED, 0) < minutes * 60


def is_over(session: Any) -> bool:
    """Whether the session has lasted, or lain unused, longer than the settings allow. Notes at most once a minute that it is used."""
    hours, minutes, now = settings.SESSION_HOURS, settings.SESSION_IDLE_MINUTES, int(clock.now().timestamp())
    if hours and now - session.get(BEGAN, now) >= hours * 3600:
        return True
    if minutes:
        unused = now - session.get(USED, now)
        if unused >= minutes * 60:
            return True
        if unused >= USED_EVERY or USED not in session:
            session[USED] = now
    return False


def seen(request: HttpRequest, person: Person) -> None:
    """Note that the browser is still in use; at most every five minutes."""
    key = request.session.session_key
    if key:
        SignedIn.objects.filter(session_key=key, person=person, seen_at__lt=clock.now() - SEEN_EVERY).update(
            seen_at=clock.now()
        )


def end(rows: Any) -> int:
    """End these browsers' sessions; gives how many there were."""
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.model.objects.filter(session_key__in=keys).delete()
    return len(keys)
