"""What a REST list may be asked: what cannot be understood is refused beside its name, whatever the database thinks of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories


@pytest.mark.parametrize(
    ("path", "asked", "name"),
    [
        ("alerts", {"created_at__gte": "0001-01-01T00:00:00+21:53"}, "created_at__gte"),
        ("alerts", {"created_at__lt": "9999-12-31T23:59:59-20:00"}, "created_at__lt"),
        ("alerts", {"state__in": ",,"}, "state__in"),
        ("members", {"is_active": "-1"}, "is_active"),
        ("members", {"is_active": "yes"}, "is_active"),
        ("inbox/deadlines", {"start": ""}, "start"),
        ("inbox/deadlines", {"source": ""}, "source"),
        ("challenges", {"budget__gte": "1e999999"}, "budget__gte"),
        ("challenges", {"budget__lte": "-1e31"}, "budget__lte"),
        ("challenges", {"budget__lte": "NaN"}, "budget__lte"),
    ],
)
def test_what_cannot_be_understood_is_refused_beside_its_name(
    db: str, client: Any, path: str, asked: dict[str, str], name: str
) -> None:
    admin = factories.operator()
    client.sign_in(admin.person, admin.organisation)
    answer = client.get(f"/api/v1/{path}/", asked)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("alerts", {"created_at__gte": "1070-07-26T09:18:30.20+21:53"}),
        ("alerts", {"created_at__lt": "4212-06-12T11:27:21Z", "state__in": "open,muted"}),
        ("members", {"is_active": "true"}),
        ("members", {"is_active": "false"}),
        ("challenges", {"budget__gte": "1e29", "budget__lte": "-12.5"}),
    ],
)
def test_what_the_description_allows_is_answered(db: str, client: Any, path: str, asked: dict[str, str]) -> None:
    admin = factories.operator()
    client.sign_in(admin.person, admin.organisation)
    assert client.get(f"/api/v1/{path}/", asked).status_code == 200


def test_yes_and_no_are_told_apart(db: str, client: Any) -> None:
    admin = factories.operator()
    client.sign_in(admin.person, admin.organisation)
    found = {word: client.get("/api/v1/members/", {"is_active": word}).json()["results"] for word in ("true", "false")}
    assert found["true"] and not found["false"]
