"""A lost second factor is taken away by the operator's admin, with the proof on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core import clock
from core.accounts import factors, lifecycle
from core.accounts.models import Person, RecoveryCode, SecondFactor, SignedIn
from core.accounts.states import Role
from core.book.models import Body
from core.errors import Blocked, Invalid, NotAllowed
from core.inbox.kinds import kind_of
from core.inbox.models import Notification
from tests import factories
from tests.factories import PASSWORD

PLACE = "/accounts/lost-second-factor/"


def with_factor(person: Person) -> str:
    secret = factors.fresh_secret()
    factors.set_up(person, secret, factors.code_at(secret, clock.now()))
    return secret


def sign_in(client: Any, person: Person) -> Any:
    return client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})


def test_a_lost_factor_is_taken_away_and_everybody_concerned_hears_of_it(
    client: Any, frozen_clock: Any, settings: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    home = factories.organisation("甲厂")
    boss, worker = (
        factories.member(home, password=PASSWORD),
        factories.member(home, roles=[Role.MEMBER], name="张工", password=PASSWORD),
    )
    chief = factories.operator().person
    chief.set_password(PASSWORD)
    chief.save()
    home.needs_second_factor = True
    home.save()
    secret = with_factor(worker)
    browser = Client()
    sign_in(browser, worker)
    frozen_clock.move(minutes=1)
    browser.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())})
    assert browser.get("/needs/").status_code == 200
    sign_in(client, chief)
    frozen_clock.move(minutes=16)
    assert client.get(PLACE).headers["Location"].startswith("/accounts/confirm/")
    client.post("/accounts/confirm/", {"password": PASSWORD})
    page = client.get(f"/accounts/organisations/{home.pk}/").content.decode()
    assert f"{PLACE}?email=" in page
    assert worker.email in client.get(f"{PLACE}?email={worker.email}").content.decode()
    body = {"email": worker.email.upper(), "reason": "回拨厂办电话核对"}
    assert client.post(PLACE, body | {"reason": ""}).status_code == 422
    assert client.post(PLACE, body).headers["Location"] == "/accounts/organisations/"
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert not SignedIn.objects.filter(person=worker).exists()
    assert browser.get("/needs/").status_code == 302
    told = {(row.person, row.kind): row for row in Notification.objects.all()}
    assert {(worker, "second_factor"), (boss, "take_second_factor")} <= set(told)
    assert "张工" in told[boss, "take_second_factor"].sentence
    assert told[boss, "take_second_factor"].body == "回拨厂办电话核对"
    assert kind_of("take_second_factor").is_locked
    booked = [bytes(row.content).decode() for row in Body.objects.all()]
    assert any('"take_second_factor"' in one and "回拨厂办电话核对" in one for one in booked)
    sign_in(browser, worker)
    assert browser.get("/needs/").headers["Location"] == "/accounts/security/", "the organisation asks for a new one"
    browser.get("/accounts/security/authenticator/")
    code = factors.code_at(browser.session["authenticator_secret"], clock.now())
    assert browser.post("/accounts/security/authenticator/", {"code": code}).status_code == 200
    assert browser.get("/needs/").status_code == 200


def test_refusals_say_what_is_missing(db: str, api: Any) -> None:
    chief = factories.operator()
    plain = factories.member(factories.organisation(), password=PASSWORD)
    with_factor(chief.person)

    def take(actor: Any, email: str) -> None:
        lifecycle.take_second_factor(actor=actor, email=email, reason="当面")

    with pytest.raises(Blocked) as own:
        take(chief, chief.person.email)
    assert own.value.missing
    for email, code in (("nobody@example.test", "no_account"), (plain.email, "no_second_factor")):
        with pytest.raises(Invalid) as wrong:
            take(chief, email)
        assert (wrong.value.code, list(wrong.value.fields)) == (code, ["email"])
    with pytest.raises(NotAllowed):
        take(factories.actor(plain.memberships.get().organisation, person_=plain), chief.person.email)
    assert SecondFactor.objects.count() == 1
    with_factor(plain)
    door, body = api.as_person(chief.person), {"email": plain.email, "reason": "当面核对证件"}
    assert api.post("people/take_second_factor/", body).status_code == 401
    refused = api.as_person(plain).post("people/take_second_factor/", body)
    assert (refused.status_code, "运营方" in refused.data["detail"]) == (403, True)
    done = [door.post("people/take_second_factor/", body, key="one").status_code for _ in range(2)]
    assert done == [200, 200], "the same key again takes effect once"
    assert SecondFactor.objects.count() == 1
