"""What a log line says, and what it never says."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError

from core import trace
from core.accounts import tasks
from core.accounts.models import Person
from core.ops import logs
from tests import factories


@pytest.fixture
def lines() -> Iterator[Any]:
    """`lines()` gives what has been logged since, from the lowest level on, as the JSON objects a collector would read."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    handler.addFilter(logs.AddContext())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_line_is_one_json_object_with_time_level_logger_and_request(lines: Any) -> None:
    with trace.bound("number-of-mine", task="ops.heartbeat"):
        logging.getLogger("xielian.tests").warning("第一行\nthe %s", "second")
    (line,) = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", line.pop("time"))
    assert line == {
        "level": "WARNING",
        "logger": "xielian.tests",
        "message": "第一行\nthe second",
        "request_id": "number-of-mine",
        "task": "ops.heartbeat",
    }


def test_what_a_library_attaches_to_a_record_stays_out(lines: Any) -> None:
    logging.getLogger("celery.worker").info("received", extra={"data": {"kwargs": {"iban": "NL91"}}, "cookies": "c"})
    (line,) = lines()
    assert set(line) == {"time", "level", "logger", "message"}


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("connect to postgres://xielian_owner:s3cr3t@db/x failed", "s3cr3t"),
        ("redis://:s3cr3t@redis:6379/0", "s3cr3t"),
        ("password=s3cr3t", "s3cr3t"),
        ('{"new_password1": "s3cr3t and more"}', "s3cr3t"),
        ("{'client_secret': 's3cr3t'}", "s3cr3t"),
        ("access_token: s3cr3t-s3cr3t", "s3cr3t"),
        ("csrfmiddlewaretoken=s3cr3t&name=x", "s3cr3t"),
        ("Authorization: Bearer s3cr3t.abc-def", "s3cr3t"),
        ("Cookie: s3cr3t", "s3cr3t"),
        ("sent to 王.li+x@firma.example.cn now", "firma"),
        ("call +86 13812345678 please", "13812345678"),
        ("DETAIL:  Key (email)=(li@x.cn) already exists.", "li@x"),
        ("DETAIL:  Failing row contains (1, 李明, 13812345678).", "李明"),
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_secrets_and_personal_words_are_hidden(said: str, hidden: str, form: str) -> None:
    lines = logs.JsonLines() if form == "json" else logs.TextLines()
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s", (said,), None)
    text = lines.format(record)
    assert hidden not in text
    assert "hidden" in text or "[e-mail]" in text or "[phone]" in text


@pytest.mark.parametrize(
    "said",
    ["GET needs:needs 200 in 12 ms", "listener needs.handlers.on_award failed", "event 1f0e waits for the sweep"],
)
def test_an_ordinary_line_stays_as_it_is(said: str) -> None:
    assert logs.redacted(said) == said


def test_an_error_of_the_database_does_not_quote_a_person(db: Any, lines: Any) -> None:
    factories.person(email="li.ming@firma.example")
    try:
        Person.objects.create(email="li.ming@firma.example", name="李明")
    except IntegrityError:
        logging.getLogger("xielian.tests").exception("could not keep")
    (line,) = [one for one in lines() if one["logger"] == "xielian.tests"]
    assert "IntegrityError" in line["exc_info"]
    assert "li.ming" not in json.dumps(line, ensure_ascii=False)


def test_signing_in_resetting_and_inviting_leave_no_secret_in_the_log(client: Any, lines: Any, mailbox: Any) -> None:
    organisation = factories.organisation("某某精密")
    person = factories.person("李明", email="li.ming@firma.example", password=factories.PASSWORD)
    sign_in = "/accounts/sign-in/"
    client.post(sign_in, {"username": person.email, "password": "wrong-battery-horse"})
    client.post(sign_in, {"username": person.email, "password": factories.PASSWORD})
    client.post("/accounts/password/reset/", {"email": person.email})
    tasks.mail_reset(str(person.pk))
    client.post("/accounts/sign-up/", {"email": "zhang.wei@firma.example"})
    tasks.mail_account_link("zhang.wei@firma.example", "en")
    admin = factories.member(organisation)
    client.sign_in(admin, organisation)
    client.get("/accounts/invitations/a-token-of-an-invitation/?next=/x")
    links = [link for message in mailbox for link in re.findall(r"https?://\S+", message.body)]
    for link in links:
        client.get(re.sub(r"https?://[^/]+", "", link))
    client.get("/nothing/at-this-secret-address/")
    text = json.dumps(lines(), ensure_ascii=False)
    assert "django.request" in text and "xielian.request" in text
    secrets = [
        factories.PASSWORD,
        "wrong-battery-horse",
        "li.ming",
        "zhang.wei",
        "firma.example",
        "李明",
        "a-token-of-an-invitation",
    ]
    secrets += [
        "at-this-secret-address",
        client.session.session_key,
        *(link.rstrip("/").split("/")[-1] for link in links),
    ]
    secrets += [line for message in mailbox for line in message.body.splitlines() if len(line) > 12]
    assert links and [secret for secret in secrets if secret in text] == []


def test_a_token_of_a_machine_is_in_no_line(client: Any, lines: Any) -> None:
    answer = client.post(
        "/oauth/token/",
        {"grant_type": "client_credentials", "client_id": "an-id", "client_secret": "a-secret-of-a-machine"},
    )
    assert answer.status_code in (400, 401)
    client.get("/api/v1/needs/", headers={"authorization": "Bearer a-token-of-a-machine"})
    text = json.dumps(lines(), ensure_ascii=False)
    assert "a-secret-of-a-machine" not in text and "a-token-of-a-machine" not in text
