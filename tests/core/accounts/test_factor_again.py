"""Ending sessions with the password again, and what a used code tells its owner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.accounts import factors
from core.accounts.models import Person, SignedIn
from core.inbox.kinds import kind_of
from core.inbox.models import Notification
from tests import factories
from tests.factories import PASSWORD


@pytest.fixture
def someone(db: str) -> Person:
    return factories.member(factories.organisation("甲厂"), name="张工", password=PASSWORD)


def sign_in(client: Any, person: Person) -> Any:
    return client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})


def test_ending_sessions_asks_for_the_password_again(
    someone: Person, client: Any, api: Any, frozen_clock: Any, settings: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    other = Client(headers={"user-agent": "Firefox/140 on a phone"})
    sign_in(other, someone)
    sign_in(client, someone)
    row = SignedIn.objects.get(browser__startswith="Firefox")
    door = api.as_person(someone)
    frozen_clock.move(minutes=16)
    for place in (f"/accounts/security/sessions/{row.pk}/end/", "/accounts/security/sessions/end/"):
        asked = client.post(place)
        assert (asked.status_code, asked.headers["Location"].partition("?")[0]) == (302, "/accounts/confirm/")
    refused = door.post(f"sessions/{row.pk}/end/", {})
    assert (refused.status_code, refused.data["code"]) == (403, "sign_in_again")
    assert SignedIn.objects.filter(pk=row.pk).exists()
    client.post("/accounts/confirm/", {"password": PASSWORD})
    assert client.post(f"/accounts/security/sessions/{row.pk}/end/").headers["Location"] == "/accounts/security/"
    assert not SignedIn.objects.filter(pk=row.pk).exists()


def test_whoever_gives_a_used_code_again_is_noticed_by_its_owner_once_an_hour(
    someone: Person, client: Any, frozen_clock: Any
) -> None:
    secret = factors.fresh_secret()
    factors.set_up(someone, secret, factors.code_at(secret, clock.now() - dt.timedelta(seconds=30)))
    sign_in(client, someone)
    told = Notification.objects.filter(person=someone, kind="code_used_again")

    def again() -> int:
        """A code is used and given again; how often its owner was told until now."""
        frozen_clock.move(minutes=1)
        owner = Client()
        sign_in(owner, someone)
        code = factors.code_at(secret, clock.now())
        assert owner.post("/accounts/sign-in/code/", {"code": code}).status_code == 302
        thief = Client()
        sign_in(thief, someone)
        refused = thief.post("/accounts/sign-in/code/", {"code": code})
        assert (refused.status_code, thief.get("/needs/").status_code) == (422, 302)
        return told.count()

    assert client.post("/accounts/sign-in/code/", {"code": "000000"}).status_code == 422
    assert not told.exists(), "a wrong code is no used one"
    assert (again(), again()) == (1, 1)
    frozen_clock.move(minutes=59)
    assert again() == 2
    assert kind_of("code_used_again").is_locked
    client.sign_in(someone)
    assert "用过" in client.get("/inbox/notifications/").content.decode()
