"""Bad input of every kind, at every form and REST operation: an error beside its field, nothing typed lost, never a 500."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse

from tests.architecture import world as everything
from tests.support.kept_world import world_of

EYES = ["leader", "party", "admin", "reviewer", "other"]
SCRIPT = '"><script>alert(1)</script>'
# What is put into all fields of a form at once; the numbers and dates among them are wrong in every case.
HOSTILE = {
    "nothing": "",
    "script": SCRIPT,
    "control characters": "a\x00b\x07\x1b[31m\u202e",
    "not a number": "NaN",
    "endless": "1e400",
    "too many digits": "9" * 40 + ".123456789012345678901234567890",
    "below zero": "-1",
    "no such day": "2026-02-30",
    "very long": "汉" * 25_000,
    "an id that is none": "00000000-0000-0000-0000-000000000000",
}
# So many characters in all: a body of a form may be no larger than 2.5 MB.
ALL_AT_ONCE = 700_000
# Where a form takes neither number nor day, these are text like any other.
FOR_NUMBERS = {"endless", "too many digits", "below zero", "no such day"}
# The form of the agreement goes to an address of its own.
NO_FORMS = {"inbox:notification", "accounts:sign_out", "accounts:switch", "needs:details"}
# Where wrong passwords are counted, the door closes for a while: that it answers 429 is meant.
CLOSES = {"accounts:confirm", "accounts:sign_in", "accounts:second_factor"}


class Form(HTMLParser):
    """The fields of a page's main form: name → kind (text, number, date, select, radio, checkbox, file, hidden)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.errors: set[str] = set()
        self.action = ""  # where it is sent, if not to its own page
        self._main = self._form = False
        # The navigation around it is the larger part of a page.
        self.feed(page[max(page.find("<main"), 0) :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._main = True
        elif tag == "form" and self._main and one.get("method") == "post" and "form" in one.get("class", "").split():
            self._form = True
            self.action = self.action or one.get("action", "")
        if one.get("id", "").endswith(("-error", "_error")):
            self.errors.add(one["id"].removeprefix("id_")[: -len("-error")])
        name = one.get("name", "")
        if not self._form or not name or tag not in ("input", "textarea", "select") or name == "csrfmiddlewaretoken":
            return
        kind = one.get("type", "text") if tag == "input" else tag
        if kind == "hidden":
            self.kept[name] = one.get("value", "")
        elif kind not in ("submit", "button"):
            numeric = one.get("inputmode") in ("decimal", "numeric") or kind in ("number", "date", "datetime-local")
            self.fields[name] = "exact" if numeric else kind

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = False
        elif tag == "main":
            self._main = False


def filled(form: Form, value: str) -> dict[str, Any]:
    """The form with the value in every field; files are of the wrong kind."""
    sent: dict[str, Any] = dict(form.kept)
    for name, kind in form.fields.items():
        if kind == "file":
            sent[name] = SimpleUploadedFile("x.pdf", b"MZ not what its name says", content_type="application/pdf")
        elif kind == "checkbox":
            continue
        else:
            sent[name] = value
    return sent


@pytest.fixture
def world(live_server: str, tmp_path: Path, settings: Any) -> Any:
    settings.API_RATES = {}
    return world_of(live_server, tmp_path)


# With every change one of so many of the values goes to each address, another one to the next; all of them in the longer run.
SHARES = pytest.mark.parametrize("turns", [4, pytest.param(1, marks=pytest.mark.long)])


@SHARES
@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("no_shell")
def test_every_form_names_what_is_wrong_and_keeps_what_was_typed(world: Any, turns: int) -> None:
    troubles: list[str] = []
    seen = refused = 0
    clients = {who: everything.client_of(world, who) for who in EYES}
    for client in clients.values():
        client.raise_request_exception = False
    for door in everything.doors():
        if door.is_api or door.name in NO_FORMS:
            continue
        try:
            path = reverse(door.name, kwargs=world.arguments(door))
        except NoReverseMatch:
            continue
        for who, client in clients.items():
            page = client.get(path)
            form = (
                Form(page.content.decode("utf-8", "replace"))
                if page.status_code == 200 and not page.streaming
                else None
            )
            if form is None or not form.fields:
                continue
            seen += 1
            for at, (words, value) in enumerate(HOSTILE.items()):
                if (at + seen) % turns or (words in FOR_NUMBERS and "exact" not in form.fields.values()):
                    continue
                value = value[: ALL_AT_ONCE // len(form.fields)]
                answer = client.post(form.action or path, filled(form, value))
                told = f"{door.name} as {who}, {words}: {answer.status_code}"
                if answer.status_code >= 500:
                    troubles.append(told)
                elif answer.status_code == 429 and door.name in CLOSES:
                    continue
                elif answer.status_code in (200, 422):
                    refused += 1
                    troubles += [f"{told}: {one}" for one in _shortcomings(form, answer.content.decode(), words, value)]
                elif answer.status_code not in (302, 403, 404, 409):
                    troubles.append(told)
            break
    assert not troubles, f"{len(troubles)} of {seen} forms:\n" + "\n".join(troubles[:60])
    assert seen > 40
    assert refused > 400 // turns


def _shortcomings(form: Form, page: str, words: str, value: str) -> list[str]:
    """What a refused form does not tell or has lost."""
    back = Form(page)
    wrong = []
    if not back.errors and 'class="refuse"' not in page and 'role="alert"' not in page:
        wrong.append("it does not say what is wrong")
    if SCRIPT in page:
        wrong.append("the script stands in the page as it was typed")
    shown = html.unescape(page)
    typed = value.replace("\x00", "")
    text = [name for name, kind in form.fields.items() if kind in ("text", "textarea", "email", "url", "exact")]
    if typed and text and "\x00" not in value and typed not in shown and typed.strip() not in shown:
        wrong.append("what was typed is lost")
    exact = [name for name, kind in form.fields.items() if kind == "exact"]
    if words in ("script", "not a number") and exact and back.fields and not (set(exact) & back.errors):
        wrong.append(f"no error beside {', '.join(exact[:4])}")
    return wrong


@SHARES
@pytest.mark.timeout(1200)
def test_every_rest_operation_answers_bad_input_with_a_problem_that_names_it(world: Any, turns: int) -> None:
    troubles: list[str] = []
    clients = {who: everything.client_of(world, who) for who in EYES}
    for client in clients.values():
        client.raise_request_exception = False
    seen = 0
    for door, method, properties in _operations():
        path = reverse(door.name, kwargs=world.arguments(door))
        client = next((one for one in clients.values() if _is_open(one, method, path)), None)
        if client is None:
            continue
        seen += 1
        bodies = ["{", *BODIES[seen % turns :: turns]]
        # All properties are wrong at once: a serializer names each of them. The next operation takes the next share.
        bodies += [
            json.dumps({name: WRONG[(at + turn) % len(WRONG)] for at, name in enumerate(properties)})
            for turn in range(seen % (2 * turns), len(WRONG), 2 * turns)
            if properties
        ]
        for body in bodies:
            answer = getattr(client, method)(
                path, data=body, content_type="application/json", headers={"if-match": "*"}
            )
            told = f"{method} {door.name} {body[:70]}: {answer.status_code}"
            if answer.status_code >= 500:
                troubles.append(told)
            elif answer.status_code >= 400:
                problem = answer.json()
                if answer.headers["Content-Type"] != "application/problem+json" or not problem.get("title"):
                    troubles.append(f"{told}: no problem document")
            elif body == "{":
                troubles.append(f"{told}: half a document was taken")
    assert not troubles, f"{len(troubles)}:\n" + "\n".join(troubles[:60])
    assert seen > 60


BODIES = ["[]", "null", '"x"', "[1, 2]", json.dumps({"nobody_asked_for_this": 1})]
WRONG: list[Any] = [
    None, [], {}, [{}], [None], True, -1, 1.5, "", "x", "NaN", "1e999", "9" * 60, "2026-02-30", "\x00", "汉" * 30_000, SCRIPT,
    [{"x": [{}]}], "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


def _is_open(client: Any, method: str, path: str) -> bool:
    answer = getattr(client, method)(path, data="[]", content_type="application/json", headers={"if-match": "*"})
    return answer.status_code not in (401, 403, 404, 405)


def _operations() -> list[tuple[Any, str, list[str]]]:
    """Every writing operation of the description, with the names of what it takes."""
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    doors = {door.name: door for door in everything.doors() if door.is_api}
    by_path = {}
    for door in doors.values():
        for names in ({}, dict.fromkeys(door.names, "00000000-0000-0000-0000-000000000000")):
            try:
                by_path[reverse(door.name, kwargs=names)] = door
            except NoReverseMatch:
                continue
    found = []
    for template, operations in schema["paths"].items():
        path = template
        while "{" in path:
            path = path[: path.index("{")] + "00000000-0000-0000-0000-000000000000" + path[path.index("}") + 1 :]
        for method in ("post", "patch", "put"):
            if method in operations and path in by_path:
                found.append((by_path[path], method, _properties(schema, operations[method])))
    return found


def _properties(schema: Any, operation: Any) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in content:
        content = schema["components"]["schemas"][content["$ref"].rsplit("/", 1)[1]]
    return list(content.get("properties", {}))


# Several at once: each is read by a part of its own.
LISTS = [
    "page=abc&sort=x'&size=-1&q=%00&state=nowhere&chain=x&deadline_from=2026-99-99",
    "page=-1&sort=-pk;drop&page_size=abc&search=%00&state=%00&need=x&budget_min=NaN",
    "page=99999999999999999999&ordering=secret&page_size=-5&q=%27%22%3C&kind=%F0%9F%98%80&challenge=%00&amount_min=1e999",
    "cursor=garbage&due_from=x", "cursor=%00", "file=exe",
]  # fmt: skip


@SHARES
@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("no_shell")
def test_no_list_breaks_at_a_hostile_address(world: Any, turns: int) -> None:
    troubles, seen = [], 0
    client = everything.client_of(world, "leader")
    client.raise_request_exception = False
    for door in everything.doors():
        if (door.is_api and door.methods and "GET" not in door.methods) or door.name in NO_FORMS:
            continue
        try:
            path = reverse(door.name, kwargs=world.arguments(door))
        except NoReverseMatch:
            continue
        shown = client.get(path, headers=everything.PART if not door.is_api else {})
        if shown.status_code != 200:
            continue
        is_list = shown.streaming or b"<table" in shown.content or b'"results"' in shown.content
        seen += 1
        for asked in LISTS[seen % turns :: turns] if is_list else LISTS[:1]:
            # As htmx asks: without the navigation around every page.
            answer = client.get(f"{path}?{asked}", headers=everything.PART if not door.is_api else {})
            if answer.status_code >= 500:
                troubles.append(f"{path}?{asked}: {answer.status_code}")
    assert not troubles, f"{len(troubles)}:\n" + "\n".join(troubles[:60])
