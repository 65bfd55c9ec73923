"""An account is opened by the link in a message; nobody learns from the door whether an address has one (R027)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.accounts import entry, privacy, tasks
from core.accounts.models import Person
from core.book.models import Body
from tests import factories
from tests.factories import PASSWORD

FREE = "wang.fang@firma.example"
NEW = {"name": "王芳", "password": PASSWORD, "agreed_to": privacy.VERSION}
TYPED = NEW | {"agrees": "on"}


@pytest.fixture
def worker_of_mail(monkeypatch: Any, settings: Any) -> list[tuple[str, ...]]:
    """What the worker was asked to write; it writes when the test says so."""
    settings.PUBLIC_URL = "https://platform.example"
    settings.API_RATES = {"letter": (5, 3600)}
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks.mail_account_link, "delay", lambda *args: asked.append(args))
    return asked


def write(asked: list[tuple[str, ...]]) -> list[bool]:
    return [tasks.mail_account_link(*one) for one in asked]


def link_in(message: Any) -> str:
    found = re.search(r"https://platform\.example(/accounts/sign-up/\S+)", message.body)
    assert found, message.body
    return found[1]


@pytest.mark.req("R027")
def test_the_page_answers_alike_for_a_free_and_a_taken_address(
    db: str, client: Any, mailbox: list[Any], worker_of_mail: list[Any]
) -> None:
    owner = factories.person(email="li.ming@firma.example", language="en")
    answers = []
    for email in (FREE, owner.email, owner.email.upper()):
        with CaptureQueriesContext(connection) as asked:
            answers.append(Client().post("/accounts/sign-up/", {"email": email}))
        assert not any("accounts_person" in one["sql"] for one in asked.captured_queries)
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(302, "/accounts/sign-up/sent/")}
    told = [{name: value for name, value in one.headers.items() if name != "X-Request-ID"} for one in answers]
    assert told[0] == told[1] == told[2]
    assert client.get("/accounts/sign-up/sent/").status_code == 200
    assert mailbox == [], "the worker looks, so that the answer takes as long"
    assert write(worker_of_mail) == [True] * 3
    fresh, known, _again = mailbox
    assert (fresh.to, known.to) == ([FREE], [owner.email])
    assert "sign-up" not in known.body
    assert known.subject == "Xielian: you have an account already", "in the owner's language"
    assert "https://platform.example/accounts/password/reset/" in known.body
    link = link_in(fresh)
    page = client.get(link).content.decode()
    assert FREE in page
    refused = client.post(link, {**TYPED, "password": "short"})
    assert refused.status_code == 422
    assert "王芳" in refused.content.decode()
    opened = client.post(link, TYPED)
    assert (opened.status_code, opened.headers["Location"]) == (302, "/accounts/organisations/new/")
    person = Person.objects.get(email=FREE)
    assert person.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert Body.objects.filter(operation="register_person", object_id=person.pk).count() == 1
    again = Client().get(link)
    assert again.headers["Location"] == "/accounts/sign-in/", "the link opens one account, once"


@pytest.mark.req("R027")
def test_rest_answers_alike_and_opens_the_account_with_the_token_of_the_link(
    api: Any, db: str, mailbox: list[Any], worker_of_mail: list[Any]
) -> None:
    owner = factories.person(email="li.ming@firma.example")
    answers = [api.post("people/ask_for_account/", {"email": email}) for email in (FREE, owner.email)]
    assert [(one.status_code, one.json()) for one in answers] == [(202, {"email": FREE}), (202, {"email": owner.email})]
    assert api.post("people/ask_for_account/", {"email": "nonsense"}).status_code == 400
    write(worker_of_mail)
    assert "已有账号" in mailbox[1].subject
    token = link_in(mailbox[0]).split("/")[3]
    for wrong in ("none", token[:-1], ""):
        assert api.post("people/", {**NEW, "token": wrong}).status_code in (400, 422)
    opened = api.post("people/", {**NEW, "token": token})
    assert (opened.status_code, opened.json()["email"]) == (201, FREE)
    taken = api.post("people/", {**NEW, "token": token})
    assert (taken.status_code, taken.json()["code"]) == (422, "email_taken"), "whoever has the link has the mailbox"


def test_a_link_is_over_after_three_hours(client: Any, db: str, frozen_clock: Any) -> None:
    link = f"/accounts/sign-up/{entry.token_for(FREE)}/"
    frozen_clock.move(hours=2, minutes=59)
    assert client.get(link).status_code == 200
    frozen_clock.move(minutes=2)
    for answer in (client.get(link), client.post(link, TYPED)):
        assert answer.status_code == 410
        assert 'href="/accounts/sign-up/"' in answer.content.decode()
    assert not Person.objects.filter(email=FREE).exists()


def test_the_way_to_an_invitation_survives_the_message_and_none_leads_elsewhere(
    client: Any, db: str, mailbox: list[Any], worker_of_mail: list[Any]
) -> None:
    for wanted, reached in (
        ("/accounts/invitations/abc/", "/accounts/invitations/abc/"),
        ("https://evil.example/", "/accounts/organisations/new/"),
    ):
        page = client.get(f"/accounts/sign-in/?next={wanted}").content.decode()
        way = re.search(r'href="(/accounts/sign-up/[^"]*)"', page)
        assert way
        mailbox.clear()
        worker_of_mail.clear()
        email = factories.make_uscc().lower() + "@firma.example"
        client.post(way[1], {"email": email})
        write(worker_of_mail)
        opened = Client().post(link_in(mailbox[0]), TYPED)
        assert opened.headers["Location"] == reached
    link = f"/accounts/sign-up/{entry.token_for(FREE)}/?next=https://evil.example/"
    assert Client().post(link, TYPED).headers["Location"] == "/accounts/organisations/new/"


def test_nobody_s_mailbox_is_filled(db: str, mailbox: list[Any], settings: Any, frozen_clock: Any) -> None:
    settings.API_RATES = {"letter": (2, 3600)}
    person = factories.person(email="zhao.lei@firma.example")
    sent = [tasks.mail_account_link(person.email, "en"), tasks.mail_reset(str(person.pk))]
    sent.append(tasks.mail_account_link(person.email, "en"))
    assert (sent, len(mailbox)) == ([True, True, False], 2)
    frozen_clock.move(hours=1)
    assert tasks.mail_reset(str(person.pk))


def test_a_demonstration_sends_no_mail_and_opens_the_link_at_once(
    client: Any, db: str, settings: Any, worker_of_mail: list[Any]
) -> None:
    settings.DEMO = True
    landed = client.post("/accounts/sign-up/", {"email": FREE}, follow=True)
    assert FREE in landed.content.decode()
    assert client.post(landed.redirect_chain[-1][0], TYPED).status_code == 302
    assert Person.objects.filter(email=FREE).exists()


def test_the_door_by_rest_has_the_limit_of_doors(api: Any, db: str, settings: Any, worker_of_mail: list[Any]) -> None:
    settings.API_RATES = {"door": (2, 300)}
    codes = [api.post("people/ask_for_account/", {"email": FREE}).status_code for _turn in range(3)]
    assert codes == [202, 202, 429]


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "协链把产业链与科研力量连接起来"), ("en", "Xielian brings an industry chain")]
)
def test_a_stranger_reads_what_this_is_and_where_to_look_around(client: Any, language: str, words: str) -> None:
    client.cookies["django_language"] = language
    arrived = client.get("/", follow=True)
    page = arrived.content.decode()
    assert (arrived.request["PATH_INFO"], arrived.status_code) == ("/accounts/sign-in/", 200)
    assert words in page
    assert (
        page.index(words)
        < page.index('href="/open/"', page.index(words))
        < page.index('<form method="post" class="form"')
    )
