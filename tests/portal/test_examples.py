"""Every operation has one worked example; its story is told again here, and what comes is what the developer page shows."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.queries import developers
from tests.support import examples, kept_world

BY_NAME = {one.name: one for one in developers.operations()}


@pytest.mark.timeout(600)
def test_every_operation_has_an_example_that_goes_as_shown(live_server: str, tmp_path: Path, settings: Any) -> None:
    settings.API_RATES = {}
    teller = examples.Teller(kept_world.world_of(live_server, tmp_path), live_server)
    teller.tell()
    assert not BY_NAME.keys() - teller.examples.keys(), "operations without an example"
    if os.environ.get("WRITE_EXAMPLES"):
        examples.write(teller.examples)
        developers.examples.cache_clear()
    shown = developers.examples()
    assert set(shown) == set(BY_NAME), "run: python -m tests.support.examples --write"
    differing = {
        name
        for name, one in teller.examples.items()
        if (one["status"], one["by"]) != (shown[name]["status"], shown[name]["by"])
        or not examples.fits(one, shown[name])
    }
    assert not differing, "the page shows something else; read it, then: python -m tests.support.examples --write"


@pytest.mark.parametrize(
    "name", ["list_needs", "post_need", "edit_need", "add_evidence", "sign_award", "close_calendar", "get_log_keys"]
)
def test_the_shell_command_is_the_request_that_was_sent(name: str) -> None:
    operation, asked = BY_NAME[name], developers.examples()[name]
    words = shlex.split(operation.curl.replace("\\\n", " "))
    assert words[0] == "curl"
    given = dict(itertools.pairwise(words))
    address = urlsplit(next(word for word in words if word.startswith("$URL")).removeprefix("$URL"))
    assert given.get("-X", "GET") == operation.method
    assert re.fullmatch(re.sub(r"\{\w+\}", "[0-9a-f-]{36}", operation.template), address.path)
    assert {key: values[0] for key, values in parse_qs(address.query).items()} == {
        key: str(value) for key, value in asked.get("query", {}).items()
    }
    assert json.loads(given.get("-d", "null")) == asked.get("body")
    headers = {word.partition(": ")[0] for before, word in itertools.pairwise(words) if before == "-H"}
    assert ("If-Match" in headers) == (operation.method == "PATCH")
    assert ("Idempotency-Key" in headers) == (operation.method != "GET")
    assert {"machine": "Authorization", "person": "X-CSRFToken"}.get(asked["by"], "") in headers | {""}


def test_who_may_call_is_told_by_the_rule_that_decides() -> None:
    from core.access import policy

    words = developers.words()
    assert set(words["operations"]) == set(BY_NAME)
    assert {one["who"] for one in words["operations"].values()} == set(words["callers"])
    for operation in BY_NAME.values():
        rule = policy._rules.get(f"{operation.room}.{operation.name.removeprefix('bulk_')}")
        if rule is not None and operation.method != "GET" and rule.__name__ != "<lambda>":
            assert words["operations"][operation.name]["who"] == rule.__name__, operation.name


def test_the_pages_show_each_operation_once_in_either_language(client: Any) -> None:
    for language, heading in (("zh-hans", "谁可以调用"), ("en", "Who may call it")):
        client.cookies["django_language"] = language
        found: list[str] = []
        for thing in sorted({one.thing for one in BY_NAME.values()}):
            page = client.get(f"/developers/{thing}/").content.decode()
            found += re.findall(r'<section class="card" id="(\w+)">', page)
            assert page.count(heading) == page.count('<section class="card"')
        assert sorted(found) == sorted(BY_NAME)
    assert client.get("/developers/nothing/").status_code == 404


def test_the_overview_finds_operations_by_words_of_both_languages(client: Any) -> None:
    for words in ("publish need", "发布共同定义", "/publish/ need"):
        page = client.get("/developers/", {"q": words}).content.decode()
        assert "/developers/needs/#publish_need" in page
        assert "#list_chains" not in page
    assert client.get("/developers/", {"q": "nothing of this kind"}).status_code == 200
    assert client.get("/developers/session.py").content == developers.SESSION.read_bytes()
