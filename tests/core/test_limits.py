"""How often one may ask: exact under concurrency, told with every answer, refused with a problem document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache

from config import env
from core import limits
from tests import factories
from tests.factories import needs

POLICY = re.compile(r'^"[a-z]+";q=\d+;w=\d+(, "[a-z]+";q=\d+;w=\d+)*$')
STATE = re.compile(r'^"[a-z]+";r=\d+;t=\d+(, "[a-z]+";r=\d+;t=\d+)*$')


def machine(actor: Any, name: str = "ERP") -> Any:
    from core.accounts import actions

    return actions.create_client(
        actor=actor, organisation_id=actor.organisation_id, name=name, scopes=["accounts:read", "search:read"], roles=[]
    )  # fmt: skip


def test_every_answer_tells_what_is_left_and_the_last_is_a_problem_document(
    api: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.API_RATES = {"person": (3, 60)}
    actor = factories.actor(factories.organisation())
    door = api.as_person(actor.person, actor.organisation)
    left = []
    for path in ("me/", "organisations/", "organisations/00000000-0000-0000-0000-000000000000/"):
        answer = door.get(path)
        assert answer.headers["RateLimit-Policy"] == '"person";q=3;w=60'
        left.append(int(re.search(r"r=(\d+)", answer.headers["RateLimit"])[1]))  # type: ignore[index]
        assert "Retry-After" not in answer.headers
    assert left == [2, 1, 0]
    refused = door.get("me/")
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["status"]) == ("too_many_requests", 429)
    wait = int(refused.headers["Retry-After"])
    assert refused.headers["RateLimit"] == f'"person";r=0;t={wait}'
    assert 1 <= wait <= 60
    frozen_clock.move(seconds=wait)
    assert door.get("me/").status_code == 200


def test_persons_machines_and_strangers_are_counted_apart(api: Any, settings: Any, frozen_clock: Any) -> None:
    settings.API_RATES = {"person": (1, 60), "client": (2, 60), "stranger": (1, 60)}
    actor = factories.actor(factories.organisation())
    other = factories.member(actor.organisation)
    first, second = api.as_machine(machine(actor)), api.as_machine(machine(actor, "BI"))
    doors = [api.as_person(actor.person), api.as_person(other), first, first, second]
    assert [door.get("me/").status_code for door in doors] == [200] * 5
    assert [door.get("me/").status_code for door in (*doors[:3], second)] == [429, 429, 429, 200]
    stranger = api.as_stranger()
    here, there = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "203.0.113.8"}
    asked = [stranger.get("organisations/", **where).status_code for where in (here, here, there)]
    assert asked == [401, 429, 401]
    forged = stranger.get("organisations/", headers={"X-Forwarded-For": "198.51.100.1"}, **here)
    assert forged.status_code == 429, "an address that one tells oneself counts for nothing"


def test_strangers_of_one_ipv6_network_share_their_quota(api: Any, settings: Any, frozen_clock: Any) -> None:
    settings.API_RATES = {"stranger": (2, 60)}
    places = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::77", "2001:db8:1:3::1", "::ffff:203.0.113.9"]
    asked = [api.as_stranger().get("organisations/", REMOTE_ADDR=place).status_code for place in places]
    assert asked == [401, 401, 429, 401, 401]


def test_search_has_a_limit_of_its_own_and_both_are_told(
    api: Any, client: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.API_RATES = {"person": (10, 60), "search": (1, 30)}
    actor = factories.actor(factories.organisation())
    door = api.as_person(actor.person, actor.organisation)
    answer = door.get("search/", {"q": "电池"})
    assert answer.headers["RateLimit-Policy"] == '"search";q=1;w=30, "person";q=10;w=60'
    assert door.get("search/", {"q": "电池"}).status_code == 429
    assert door.get("me/").status_code == 200
    client.sign_in(actor.person, actor.organisation)
    page = client.get("/search/?q=x")
    assert (page.status_code, page.headers["Retry-After"].isdigit()) == (429, True)
    assert "<html" in page.content.decode()


def test_files_of_lists_have_a_limit_of_their_own(client: Any, settings: Any, frozen_clock: Any) -> None:
    settings.API_RATES = {"export": (1, 60)}
    client.sign_in(factories.member(factories.organisation()))
    assert client.get("/accounts/organisations/?file=csv").status_code == 200
    refused = client.get("/accounts/organisations/?file=xlsx")
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert client.get("/accounts/organisations/").status_code == 200


@pytest.mark.parametrize("address", ["/needs/{need}/indicators/file/", "/needs/import/?template=csv"])
def test_files_that_come_from_no_table_count_too(client: Any, settings: Any, frozen_clock: Any, address: str) -> None:
    settings.API_RATES = {"export": (1, 60)}
    need, actor = needs.draft()
    client.sign_in(actor.person, actor.organisation)
    place = address.format(need=need.pk)
    assert client.get(place).status_code == 200
    refused = client.get(place)
    assert (refused.status_code, refused.headers["RateLimit-Policy"]) == (429, '"export";q=1;w=60')


@pytest.fixture
def redis_cache(servers: Any, settings: Any) -> Any:
    """The cache of production: Redis."""
    import os

    url = f"{servers.redis_url.rsplit('/', 1)[0]}/{os.getpid() % 500 + 1}"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    cache.clear()
    yield
    cache.clear()


def test_many_at_one_instant_get_exactly_the_quota_in_memory(in_threads: Any, settings: Any, frozen_clock: Any) -> None:
    settings.API_RATES = {"person": (20, 60)}
    assert_exact(in_threads)


def test_many_at_one_instant_get_exactly_the_quota_in_redis(
    in_threads: Any, settings: Any, frozen_clock: Any, redis_cache: Any
) -> None:
    settings.API_RATES = {"person": (20, 60)}
    assert_exact(in_threads)


def assert_exact(in_threads: Any) -> None:
    """Eight threads ask 48 times: every number from 1 to 48 is given once, and 20 are let in."""
    found = in_threads(8, lambda _number: [limits.spend("person", "somebody") for _turn in range(6)])
    spent = [one for row in found for one in row]
    assert sorted(one.used for one in spent) == list(range(1, 49))
    assert sum(not one.is_over for one in spent) == 20


def test_two_people_at_one_door_at_one_instant(api: Any, in_threads: Any, settings: Any, frozen_clock: Any) -> None:
    """The same person in two browsers: two real threads through the whole door share one quota."""
    settings.API_RATES = {"person": (5, 60)}
    actor = factories.actor(factories.organisation())
    doors = [api.as_person(actor.person, actor.organisation) for _number in range(2)]
    found = in_threads(2, lambda number: [doors[number].get("me/").status_code for _turn in range(4)])
    assert sorted(code for row in found for code in row) == [200] * 5 + [429] * 3


def test_when_nobody_can_count_requests_are_answered(api: Any, settings: Any, frozen_clock: Any) -> None:
    url = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    answer = api.as_stranger().get("organisations/")
    assert (answer.status_code, "RateLimit" in answer.headers) == (401, False)


def test_every_rest_list_tells_its_limits(api: Any) -> None:
    from config.urls import api_patterns

    actor = factories.actor(factories.organisation())
    door = api.as_person(actor.person, actor.organisation)
    seen = 0
    for pattern in api_patterns():
        if not str(pattern.name).endswith("-list"):  # type: ignore[union-attr]
            continue
        answer = door.get(str(pattern.pattern).strip("^$"))
        assert POLICY.match(answer.headers["RateLimit-Policy"]), pattern
        assert STATE.match(answer.headers["RateLimit"]), pattern
        seen += 1
    assert seen > 25


def test_limits_are_read_from_the_environment(monkeypatch: Any) -> None:
    monkeypatch.setenv("API_RATES", "person=5/10, export=1/3600")
    assert env.rates("API_RATES", "person=1000/60,client=7/60") == {
        "person": (5, 10), "client": (7, 60), "export": (1, 3600),
    }  # fmt: skip


def test_an_address_that_nobody_serves_and_the_door_of_tokens_are_counted_too(
    client: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.API_RATES = {"stranger": (3, 60)}
    assert client.get("/api/v1/nothing/").headers["RateLimit"].startswith('"stranger";r=2;')
    guess = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    assert [client.post("/oauth/token/", guess).status_code for _turn in range(3)] == [401, 401, 429]
    refused = client.post("/oauth/token/", guess)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"].isdigit()
    assert refused.json()["code"] == "too_many_requests"


def test_the_description_tells_the_headers_of_every_answer() -> None:
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    answers = schema["paths"]["/api/v1/webhook-endpoints/"]["post"]["responses"]
    assert {"RateLimit", "RateLimit-Policy"} <= answers["201"]["headers"].keys()
    shared = schema["components"]["responses"][answers["429"]["$ref"].rsplit("/", 1)[-1]]
    assert shared["headers"].keys() == {"RateLimit", "RateLimit-Policy", "Retry-After"}
