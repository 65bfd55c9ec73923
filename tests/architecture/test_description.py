"""The description is whole and current, and the REST door keeps to it, whoever asks and whatever is sent."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from config.description import HOME
from tests.support.kept_world import world_of

# Cases per operation. Fifty for each of them do not fit into the tests' minutes: one in sixteen has as many, other ones whenever
# the description changes. tests/proof/run_schemathesis.py asks each operation as often, and oftener.
EXAMPLES, MANY, SHARE = 3, 50, 16

# A stranger has nobody to keep a key for (the second account under an address is refused); a PUT says the same twice;
# what a pasted text holds is read and not kept; what is kept about oneself is read anew.
REPEATED_ANYWAY = {"take_own_data", "ask_for_account", "register_person", "edit_profile", "read_indicators"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    from config.description import described

    return described()


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in description["paths"].items() for method, one in methods.items()]


def test_the_description_in_the_repository_is_current() -> None:
    from config import description

    assert description.HOME.read_text() == description.text(), "run: python -m config.description --write"


def test_every_operation_has_a_name_words_a_room_and_its_problems(description: dict[str, Any]) -> None:
    tags = {one["name"] for one in description["tags"]}
    names = [one["operationId"] for _path, _method, one in operations(description)]
    assert len(names) == len(set(names)) > 200
    for path, method, one in operations(description):
        told = f"{method} {path}"
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", one["operationId"]), told
        assert one["summary"].strip(), told
        assert len(one["tags"]) == 1, told
        assert set(one["tags"]) <= tags, told
        codes = set(one["responses"])
        assert {"400", "401", "403", "404", "429"} <= codes, told
        if method != "get":
            assert {"409", "415", "422"} <= codes, told
            keyed = "Idempotency" in str(one["parameters"])
            assert keyed or one["operationId"] in REPEATED_ANYWAY, told
        if method == "patch":
            assert {"412", "428"} <= codes, told
            assert "IfMatch" in str(one["parameters"]), told
    for name, one in description["components"]["responses"].items():
        assert "example" in one["content"]["application/problem+json"], name


def test_what_is_refused_because_it_changed_meanwhile_says_412(description: dict[str, Any]) -> None:
    found = [path for pattern in ("*/actions/*.py", "platform/*/actions/*.py") for path in Path().glob(pattern)]
    trees = [node for path in found for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]

    def raises(node: ast.FunctionDef, names: set[str]) -> bool:
        calls = (one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))
        return not names.isdisjoint(calls)

    helpers = {node.name for node in trees if node.name.startswith("_") and raises(node, {"Stale"})}
    stale = {node.name for node in trees if raises(node, {"Stale", *helpers})}
    told = {one["operationId"]: set(one["responses"]) for _path, _method, one in operations(description)}
    assert {"sign_contract", "accept_flow"} < stale & set(told)
    assert [name for name in sorted(stale & set(told)) if "412" not in told[name]] == []


def test_what_comes_in_has_no_unknown_names_and_what_goes_out_has_all_of_its_own(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    sent = {
        one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        for _path, _method, one in operations(description)
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }
    assert len(sent) > 60
    assert all(schemas[name]["additionalProperties"] is False for name in sent)
    assert set(schemas["NeedOut"]["required"]) == set(schemas["NeedOut"]["properties"])


def test_a_list_refuses_what_it_does_not_know(api: Any) -> None:
    mine = as_member(api)
    for asked, name in (("stat=draft", "stat"), ("state=", "state"), ("ordering=secret", "ordering"), ("page_size=0", "page_size"),
                        ("page_size=1e3", "page_size"), ("cursor=cD1nYXJiYWdl", "cursor"), ("owner=x", "owner")):  # fmt: skip
        answer = mine.get(f"needs/?{asked}")
        assert answer.status_code == 400, (asked, api.text(answer))
        assert name in answer.json()["errors"]


def test_an_id_that_one_may_not_know_finds_nothing_instead_of_telling(api: Any) -> None:
    mine = as_member(api)
    answer = mine.get("bids/?challenge=00000000-0000-0000-0000-000000000000")
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "body", ['{"title": "\\ud800"}', '{"\\u0000": 1}', '{"title": "a\\u0000"}', "[" * 100_000, '{"title": NaN}']
)
def test_bodies_that_no_table_can_hold_are_refused(api: Any, body: str) -> None:
    mine = as_member(api)
    answer = mine.client.generic("POST", "/api/v1/needs/", body, content_type="application/json")
    assert answer.status_code == 400, api.text(answer)
    assert answer.json()["code"] == "parse_error"


def as_member(api: Any) -> Any:
    from tests import factories

    of = factories.organisation()
    return api.as_person(factories.member(of), of)


@pytest.fixture
def world(live_server: str, tmp_path: Path, settings: Any) -> Any:
    settings.API_RATES = {}
    return world_of(live_server, tmp_path)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("half", [0, 1])
def test_every_operation_keeps_to_its_description(world: Any, half: int) -> None:
    from tests.support.fuzz import Fuzz

    fuzz = Fuzz(world, seed=20261126)
    mine = fuzz.operations()[half::2]
    report = fuzz.run(mine, EXAMPLES)
    turn = int(hashlib.sha256(HOME.read_bytes()).hexdigest(), 16) % SHARE
    asked_often = mine[turn::SHARE]
    report = fuzz.run(asked_often, MANY)
    told = [f"{name}: {kind}\n    {words}" for (name, kind), words in report.failures.items()]
    assert not told, f"{len(told)} failures:\n" + "\n".join(told)
    assert len(report.operations) == len(mine)
    assert report.cases > 2 * len(mine) + MANY // 2 * len(asked_often)
    assert {"200", "400", "403", "404"} <= set(report.statuses)
