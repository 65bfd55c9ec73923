"""What keeps a reader safe: headers on every address, cookies, sessions that end, doors that cannot be tried for ever."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from core.book.models import Body
from core.inbox.models import Notification
from tests import factories
from tests.architecture.urls import addresses
from tests.factories import PASSWORD
from tests.support import headers

ROOT = Path(__file__).resolve().parents[3]


def paths() -> list[str]:
    """Every address of the product, with ids that nobody has."""
    found = []
    for name, route in addresses():
        keys = re.findall(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>", route)
        values = {key or other: "x" if key in ("token", "uidb64") else uuid.UUID(int=1) for _kind, key, other in keys}
        values.pop("format", None)
        try:
            found.append(reverse(name, kwargs=values))
        except NoReverseMatch:
            found.append("/" + route)
    return found


def test_every_address_sends_the_headers_whatever_it_answers(client: Any, settings: Any) -> None:
    """As a stranger; what people are answered who are signed in is looked at where permissions are walked."""
    settings.API_RATES = {}
    client.raise_request_exception = False
    everywhere = paths()
    assert len(everywhere) > 200
    wrong = []
    for path in everywhere:
        answer = client.get(path)
        wrong += [f"{path} ({answer.status_code}): {fault}" for fault in headers.faults(answer)]
    assert not wrong, "\n".join(wrong)


def test_refusals_and_errors_send_them_too(client: Any, settings: Any, monkeypatch: Any) -> None:
    from core.web import views

    strict = Client(enforce_csrf_checks=True)
    settings.API_RATES = {"door": (0, 60)}
    answers = {
        404: client.get("/nothing/"), 403: strict.post("/language/", {"language": "en"}), 429: client.post("/accounts/sign-up/"),
        405: client.generic("TRACE", "/"),
    }  # fmt: skip
    for status, answer in answers.items():
        assert answer.status_code == status
        missing = [fault for fault in headers.faults(answer) if status != 405 or "Vary" not in fault]
        assert [fault for fault in missing if "X-Frame" not in fault or status != 405] == [], status

    def broken(*_args: object, **_kwargs: object) -> None:
        raise ValueError("the inside, with a secret")

    monkeypatch.setattr(views, "remember_language", broken)
    client.raise_request_exception = False
    answer = client.post("/language/", {"language": "en"})
    assert answer.status_code == 500
    assert headers.faults(answer) == []
    assert "the inside" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_what_rest_answers_is_saved_and_not_shown(client: Any, api: Any, settings: Any) -> None:
    """Lists, problem documents of every maker, and limits; what has a name of its own keeps it."""
    door = api.as_person(factories.member(factories.organisation()))
    answers = {
        (200, "application/json"): door.client.get("/api/v1/me/"),
        (400, "application/problem+json"): door.client.get("/api/v1/organisations/?nothing=1"),
        (401, "application/problem+json"): client.get("/api/v1/organisations/"),
        (404, "application/problem+json"): client.get("/api/v1/nothing/"),
    }
    settings.API_RATES = {"stranger": (0, 60)}
    answers[429, "application/problem+json"] = client.get("/api/v1/organisations/")
    for (status, kind), answer in answers.items():
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="answer.json"', status
    assert "Content-Disposition" not in client.get("/accounts/sign-in/").headers
    settings.API_RATES = {}
    described = client.get("/api/schema/").headers["Content-Disposition"]
    assert described.startswith('inline; filename="xielian-api')


def test_a_host_that_is_not_ours_is_answered_with_nothing(client: Any) -> None:
    answer = client.get("/accounts/sign-in/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert "请求无法理解" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PURGE"])
def test_methods_that_nobody_needs_are_refused(client: Any, method: str) -> None:
    answer = client.generic(method, "/accounts/sign-in/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_django_s_own_admin_is_no_way_around(client: Any) -> None:
    from django.conf import settings

    chief = factories.operator().person
    chief.is_staff = chief.is_superuser = True
    chief.save()
    client.sign_in(chief)
    assert {client.get(path).status_code for path in ("/admin/", "/admin/login/", "/admin/auth/", "/__debug__/")} == {
        404
    }
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def settings_under(**environment: str) -> dict[str, str]:
    """What the settings say in a process with this environment."""
    names = (
        "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME",
        "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT",
        "DEBUG", "SESSION_IDLE_MINUTES", "SESSION_HOURS", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
    )  # fmt: skip
    code = f"import config.settings as s\nfrom django.conf import global_settings as g\nfor n in {names!r}: print(n, getattr(s, n, getattr(g, n, None)))"
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "SECRET_KEY": "x", **environment},
    )  # fmt: skip
    return dict(line.split(" ", 1) for line in made.stdout.splitlines())


def test_under_https_cookies_are_bound_to_the_host_and_the_browser_comes_back_by_tls_only() -> None:
    under = settings_under(HTTPS="1")
    assert under["SESSION_COOKIE_NAME"] == "__Host-session"
    assert under["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert (under["SESSION_COOKIE_DOMAIN"], under["SESSION_COOKIE_PATH"]) == ("None", "/")
    yes = (
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_HTTPONLY",
        "SECURE_SSL_REDIRECT",
    )
    assert {under[name] for name in (*yes, "SECURE_HSTS_INCLUDE_SUBDOMAINS")} == {"True"}
    assert int(under["SECURE_HSTS_SECONDS"]) >= 31536000
    assert (under["DEBUG"], under["SESSION_HOURS"], under["SESSION_IDLE_MINUTES"]) == ("False", "12", "30")


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client: Any) -> None:
    person = factories.member(factories.organisation(), password=PASSWORD)
    client.get("/accounts/sign-in/")
    client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    client.post("/language/", {"language": "en"})
    for name in ("sessionid", "csrftoken", "django_language"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name


def test_signing_in_and_out_changes_the_session_s_key(client: Any) -> None:
    person = factories.member(factories.organisation(), password=PASSWORD)
    fixed = client.session
    fixed["planted"] = 1
    fixed.save()
    client.cookies["sessionid"] = fixed.session_key
    client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    inside = client.cookies["sessionid"].value
    assert inside != fixed.session_key
    client.post("/accounts/sign-out/")
    stolen = Client()
    stolen.cookies["sessionid"] = inside
    assert stolen.get("/needs/").status_code == 302, "a session that was left is gone on the server as well"


def test_a_session_ends_when_it_lies_unused_and_at_the_end_of_its_hours(
    client: Any, api: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 30, 2
    person = factories.member(factories.organisation(), password=PASSWORD)
    form = {"username": person.email, "password": PASSWORD}
    client.post("/accounts/sign-in/", form)
    for _turn in range(5):
        frozen_clock.move(minutes=20)
        assert client.get("/needs/").status_code == 200
    frozen_clock.move(minutes=21)
    assert client.get("/needs/").status_code == 302, "two hours are over although it was in use"
    client.post("/accounts/sign-in/", form)
    frozen_clock.move(minutes=30)
    assert client.get("/api/v1/me/").status_code == 401
    assert client.get("/needs/").status_code == 302


def test_a_new_password_ends_every_other_session(client: Any) -> None:
    person = factories.member(factories.organisation(), password=PASSWORD)
    other = Client()
    for one in (client, other):
        one.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    fresh = "another battery staple 8"
    form = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert client.post("/accounts/password/", form).status_code == 302
    assert client.get("/needs/").status_code == 200
    assert other.get("/needs/").status_code == 302


def test_a_new_password_is_booked_and_told_whoever_set_it(client: Any) -> None:
    person = factories.member(factories.organisation(), password=PASSWORD)
    client.sign_in(person)
    fresh = "another battery staple 8"
    wrong = {"old_password": "not this one", "new_password1": fresh, "new_password2": fresh}
    assert client.post("/accounts/password/", wrong).status_code == 200
    assert not Notification.objects.filter(kind="password").exists()
    client.post("/accounts/password/", wrong | {"old_password": PASSWORD})
    client.sign_out()
    link = f"/accounts/password/reset/{urlsafe_base64_encode(force_bytes(person.pk))}/"
    person.refresh_from_db()
    page = client.get(f"{link}{default_token_generator.make_token(person)}/", follow=True)
    newer = "a third horse battery 7"
    client.post(page.redirect_chain[-1][0], {"new_password1": newer, "new_password2": newer})
    person.refresh_from_db()
    assert person.check_password(newer)
    assert Notification.objects.filter(kind="password", person=person).count() == 2
    booked = [bytes(body.content).decode() for body in Body.objects.all()]
    assert sum('"set_password"' in content for content in booked) == 2
    assert not any(word in content for content in booked for word in (fresh, newer, person.password))


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("elevenchars", False), ("123456789012345", False), ("unbelievable", True), ("Password1234", False),
        ("x y" * 50, False), ("li.ming@firma.example", False), ("一二三四五六七八九十甲乙", True), (" spaces stay spaces ", True), ("q7" * 64, True),
    ],
)  # fmt: skip
def test_passwords_are_long_not_common_and_of_any_characters(db: str, password: str, is_taken: bool) -> None:
    from core.accounts import services
    from core.errors import Invalid

    make = {"email": "li.ming@firma.example", "name": "李明", "password": password}
    if not is_taken:
        with pytest.raises(Invalid) as refused:
            services.create_person(**make)  # type: ignore[arg-type]
        assert refused.value.field == "password"
    else:
        assert services.create_person(**make).check_password(password)  # type: ignore[arg-type]


def test_forgotten_password_answers_alike_and_leaves_the_work_to_the_worker(
    client: Any, mailbox: Any, monkeypatch: Any, settings: Any
) -> None:
    from core.accounts import tasks

    settings.PUBLIC_URL = "https://platform.example"
    person = factories.person(email="li.ming@firma.example", password=PASSWORD)
    asked: list[str] = []
    monkeypatch.setattr(tasks.mail_reset, "delay", asked.append)
    known = client.post("/accounts/password/reset/", {"email": person.email}, headers={"Host": "localhost"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@firma.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert asked == [str(person.pk), ""]
    assert mailbox == []
    assert [tasks.mail_reset(one) for one in asked] == [True, False]
    link = re.search(r"https?://\S+", mailbox[0].body)
    assert link and link[0].startswith("https://platform.example/accounts/"), (
        "the link's host is the setting's, not the request's"
    )
    path = link[0].removeprefix("https://platform.example")
    form = client.get(path)
    fresh = "another battery staple 8"
    sent = client.post(form.headers["Location"], {"new_password1": fresh, "new_password2": fresh})
    assert sent.status_code == 302
    assert "不再有效" in Client().get(path, follow=True).content.decode() or Client().get(path).status_code == 200
    person.refresh_from_db()
    assert person.check_password(fresh)


def test_sign_in_says_the_same_of_a_wrong_password_and_of_nobody(client: Any, monkeypatch: Any) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    person = factories.person(email="li.ming@firma.example", password=PASSWORD)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )
    said = []
    for email in (person.email, "nobody@firma.example"):
        answer = client.post("/accounts/sign-in/", {"username": email, "password": "wrong battery staple"})
        said.append(re.findall(r"<(?:ul|p|div)[^>]*err[^>]*>.*?</", answer.content.decode(), re.S))
        assert answer.status_code == 200
    assert said[0] == said[1]
    assert len(hashed) == 2, "the hash is computed for nobody as well"


@pytest.mark.parametrize(
    "door", ["/accounts/sign-in/", "/accounts/sign-up/", "/accounts/password/reset/", "/book/verify/"]
)
def test_doors_that_anybody_may_knock_on_have_a_limit_for_each_address(client: Any, settings: Any, door: str) -> None:
    settings.API_RATES = {"door": (2, 300)}
    codes = [client.post(door, {}, REMOTE_ADDR="203.0.113.7").status_code for _turn in range(3)]
    assert codes[:2] != [429, 429] and codes[2] == 429
    assert client.post(door, {}, REMOTE_ADDR="203.0.113.8").status_code != 429


def test_whom_to_tell_of_a_weakness(client: Any, settings: Any) -> None:
    place = "/.well-known/security.txt"
    assert client.get(place).status_code == 404
    settings.SECURITY_CONTACT = "mailto:safety@platform.example"
    answer = client.get(place)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert re.match(
        r"Contact: mailto:safety@platform\.example\nExpires: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", answer.content.decode()
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_door_leads_elsewhere(client: Any, elsewhere: str) -> None:
    person = factories.member(factories.organisation(), password=PASSWORD)
    doors = [
        ("/accounts/sign-in/", {"username": person.email, "password": PASSWORD, "next": elsewhere}),
        ("/accounts/confirm/", {"password": PASSWORD}),
    ]
    for address, form in doors:
        answer = client.post(address, form, QUERY_STRING=f"next={elsewhere}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), address


def test_a_line_break_in_what_is_sent_makes_no_second_line_in_the_log() -> None:
    import json
    import logging

    from core.ops.logs import JsonLines

    said = JsonLines().format(logging.LogRecord("x", logging.INFO, "", 1, 'one\n{"level": "INFO"}\r\ntwo', (), None))
    assert "\n" not in said
    assert json.loads(said)["message"].startswith("one")


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-CN", "没有找到"), ("en", "Not found"), ("en-GB,en;q=0.9", "Not found"), ("", "没有找到")],
)
def test_problems_are_told_in_the_language_that_was_asked_for(api: Any, language: str, title: str) -> None:
    door = api.as_person(factories.member(factories.organisation()))
    answer = door.get(f"needs/{uuid.uuid4()}/", headers={"Accept-Language": language} if language else {})
    assert (answer.status_code, answer.json()["title"]) == (404, title)
    assert answer.json()["code"] == "not_found"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_speak_the_reader_s_language(client: Any, settings: Any, monkeypatch: Any, language: str) -> None:
    from core.web import views

    client.cookies["django_language"] = language
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["django_language"] = language
    settings.API_RATES = {"door": (0, 60)}

    def broken(*_args: object, **_kwargs: object) -> None:
        raise ValueError

    client.raise_request_exception = False
    answers = [client.get("/nothing/"), strict.post("/theme/"), client.post("/accounts/sign-up/", {})]
    monkeypatch.setattr(views, "remember_language", broken)
    answers.append(client.post("/language/", {"language": "en"}))
    assert [answer.status_code for answer in answers] == [404, 403, 429, 500]
    for answer in answers:
        text = answer.content.decode()
        assert f'<html lang="{language}"' in text
        heading = re.search(r"<h1>(.*?)</h1>", text)
        assert heading
        assert bool(re.search(r"[\u4e00-\u9fff]", heading[1])) is (language == "zh-hans"), heading[1]
