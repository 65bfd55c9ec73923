"""What ends open sessions, and what holds a new one until its person has mended something (ASVS 2.1.7, 2.8.6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core import clock
from core.accounts import factors
from core.accounts.models import Person, SignedIn
from core.book.models import Body
from core.inbox.models import Notification
from tests import factories
from tests.factories import PASSWORD

COMMON = "qwertyuiop"  # set before there was a list


def sign_in(person: Person, password: str = PASSWORD, secret: str = "") -> Client:
    browser = Client()
    browser.post("/accounts/sign-in/", {"username": person.email, "password": password})
    if secret:
        browser.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())})
    return browser


def with_factor(person: Person) -> str:
    secret = factors.fresh_secret()
    factors.set_up(person, secret, factors.code_at(secret, clock.now()))
    return secret


@pytest.mark.parametrize(
    ("act", "words"), [("remove", "双重验证已移除"), ("replace", "另一验证器"), ("codes", "新的恢复码")]
)
def test_with_a_changed_factor_every_other_session_ends_and_its_person_hears_of_it(
    db: str, frozen_clock: Any, act: str, words: str
) -> None:
    home = factories.organisation("甲厂")
    person, colleague = (factories.member(home, password=PASSWORD) for _ in range(2))
    secret = with_factor(person)
    browsers = []
    for _ in range(3):
        frozen_clock.move(seconds=31)
        browsers.append(sign_in(person, secret=secret))
    own, lost, half = *browsers[:2], Client()
    half.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    other = sign_in(colleague)
    assert [one.get("/needs/").status_code for one in (*browsers, other)] == [200] * 4
    if act == "replace":
        own.get("/accounts/security/authenticator/")
        secret = own.session["authenticator_secret"]
        body = {"code": factors.code_at(secret, clock.now())}
        page = own.post("/accounts/security/authenticator/", body).content.decode()
    elif act == "codes":
        page = own.post("/accounts/security/codes/").content.decode()
    else:
        page = own.post("/accounts/security/authenticator/remove/", follow=True).content.decode()
    assert "其他登录会话已全部结束" in page
    assert [one.get("/needs/").status_code for one in (*browsers, other)] == [200, 302, 302, 200]
    assert lost.get("/api/v1/me/").status_code == 401
    assert SignedIn.objects.filter(person=person).count() == 1
    told = Notification.objects.get(person=person, kind="second_factor")
    assert words in told.sentence and "其他登录会话已全部结束" in told.sentence
    assert any('"sessions_ended"' in bytes(body.content).decode() for body in Body.objects.all())
    frozen_clock.move(seconds=31)
    answer = half.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())})
    assert answer.status_code == (422 if act == "remove" else 302), "who stood before the second step needs the new one"


def test_a_first_authenticator_ends_no_session(db: str) -> None:
    person = factories.member(factories.organisation("甲厂"), password=PASSWORD)
    own, other = sign_in(person), sign_in(person)
    own.get("/accounts/security/authenticator/")
    code = factors.code_at(own.session["authenticator_secret"], clock.now())
    assert "其他登录会话" not in own.post("/accounts/security/authenticator/", {"code": code}).content.decode()
    assert other.get("/needs/").status_code == 200


@pytest.mark.parametrize("is_two_steps", [False, True])
def test_whoever_signs_in_with_a_common_password_chooses_another_before_going_on(
    db: str, frozen_clock: Any, is_two_steps: bool
) -> None:
    home = factories.organisation("甲厂")
    person = factories.member(home, password=PASSWORD)
    person.set_password(COMMON.upper())
    person.save()
    secret = with_factor(person) if is_two_steps else ""
    frozen_clock.move(seconds=31)
    browser = Client()
    form = {"username": person.email, "password": COMMON.upper(), "next": "/inbox/"}
    answer = browser.post("/accounts/sign-in/", form)
    if is_two_steps:
        assert answer.headers["Location"] == "/accounts/sign-in/code/"
        answer = browser.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())})
    assert answer.headers["Location"] == "/accounts/password/"
    assert "人人最先尝试" in browser.get("/accounts/password/").content.decode()
    assert browser.get("/needs/").headers["Location"] == "/accounts/password/"
    assert browser.get("/api/v1/me/").json()["organisation"] is None, "REST acts for nobody"
    body = {"old_password": COMMON.upper(), "new_password1": COMMON, "new_password2": COMMON}
    assert browser.post("/accounts/password/", body).status_code == 200, "not another common one"
    body |= {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert browser.post("/accounts/password/", body).headers["Location"] == "/inbox/"
    assert browser.get("/needs/").status_code == 200


def test_a_wrong_password_that_is_common_says_no_more_than_any_other(client: Any) -> None:
    person = factories.person(password=PASSWORD)
    answer = client.post("/accounts/sign-in/", {"username": person.email, "password": COMMON})
    assert answer.status_code == 200 and "人人最先尝试" not in answer.content.decode()


def test_a_session_that_changed_the_password_is_still_listed_and_ended_from_elsewhere(db: str) -> None:
    person = factories.member(factories.organisation("甲厂"), password=PASSWORD)
    office, home = sign_in(person), Client()
    new = "nine otters drift past the weir"
    body = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert office.post("/accounts/password/", body).status_code == 302
    assert "当前浏览器" in office.get("/accounts/security/").content.decode()
    home.post("/accounts/sign-in/", {"username": person.email, "password": new})
    assert home.post("/accounts/security/sessions/end/").status_code == 302
    assert (office.get("/needs/").status_code, home.get("/needs/").status_code) == (302, 200)
