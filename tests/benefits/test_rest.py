"""The REST door of benefit and risk: bad input names its field, machines stay within their scope, keys are kept."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from benefits.models import Income, Settlement
from core.accounts import actions as accounts
from core.ledger import services as ledger
from tests import factories
from tests.factories import benefits as make

GOOD = {"amount": "1000.00", "received_on": "2026-11-01", "source": "首批订单"}


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"amount": "viel"}, 400, "amount"), ({"amount": "0.001"}, 400, "amount"), ({"amount": "-5"}, 422, "amount"),
        ({"amount": "0"}, 422, "amount"), ({"amount": "1e30"}, 400, "amount"), ({"amount": None}, 400, "amount"),
        ({"received_on": "31.12."}, 400, "received_on"), ({"received_on": "2999-01-01"}, 422, "received_on"),
        ({"source": ""}, 400, "source"), ({"source": "x" * 301}, 400, "source"), ({"colour": "red"}, 400, "colour"),
    ],
)  # fmt: skip
def test_a_wrong_income_names_its_field_and_changes_nothing(
    api: Any, changes: dict[str, Any], status: int, field: str
) -> None:
    version, actors = make.in_force()
    door = api.as_person(actors[0].person, actors[0].organisation)
    answer = door.post(f"agreements/{version.agreement_id}/record_income/", GOOD | changes)
    assert answer.status_code == status and field in answer.data["errors"], api.text(answer)
    assert answer.headers["Content-Type"].startswith("application/problem+json") and not Income.objects.exists()


@pytest.mark.parametrize(
    ("lines", "status", "field"),
    [
        ([], 422, "lines"),
        ([{"percent": "100", "reason": "x"}], 422, "lines.0.organisation"),
        ([{"organisation": "ME", "percent": "100.00001", "reason": "x"}], 400, "lines"),
        ([{"organisation": "ME", "percent": "120", "reason": "x"}], 422, "lines.0.percent"),
        ([{"organisation": str(uuid4()), "percent": "100", "reason": "x"}], 422, "lines.0.organisation"),
        ([{"organisation": "ME", "percent": "50", "reason": "x"}, {"organisation": "ME", "percent": "50", "reason": "y"}], 422,
         "lines.1.organisation"),
        ([{"label": "组", "percent": "100", "reason": "x", "members": [{"organisation": "ME", "weight": "0"}]}], 422,
         "lines.0.members.0.weight"),
        ([{"label": "", "percent": "100", "reason": "x", "members": [{"organisation": "ME", "weight": "1"}]}], 422, "lines.0.label"),
        ([{"label": "组", "percent": "100", "reason": "x", "members": [{"organisation": "ME", "weight": "1.00001"}]}], 400, "lines"),
    ],
)  # fmt: skip
def test_a_wrong_share_table_names_line_and_field(api: Any, lines: Any, status: int, field: str) -> None:
    row, actors = make.agreement()
    me = str(actors[0].organisation_id)
    sent = [
        {
            **line,
            **({"organisation": me} if line.get("organisation") == "ME" else {}),
            **({"members": [{**one, "organisation": me} for one in line["members"]]} if "members" in line else {}),
        }
        for line in lines
    ]
    door = api.as_person(actors[0].person, actors[0].organisation)
    answer = door.post(f"agreements/{row.pk}/propose_version/", {"lines": sent})
    assert answer.status_code == status and any(name.startswith(field) for name in answer.data["errors"]), api.text(
        answer
    )
    assert not row.versions.exists()


def test_machines_record_and_settle_within_their_scope_and_sign_nothing(api: Any) -> None:
    version, actors = make.in_force()
    home = actors[0].organisation
    assert home is not None
    machine = {
        name: accounts.create_client(
            actor=actors[0], organisation_id=home.pk, name=name, scopes=scopes, roles=["finance"]
        )
        for name, scopes in (("reads", ["benefits:read"]), ("writes", ["benefits:read", "benefits:write"]), ("none", ["needs:read"]))
    }  # fmt: skip
    where = f"agreements/{version.agreement_id}/"
    assert api.as_machine(machine["none"]).get(where).status_code == 403
    assert api.as_machine(machine["reads"]).get(where).status_code == 200
    assert api.as_machine(machine["reads"]).post(f"{where}record_income/", GOOD).status_code == 403
    door = api.as_machine(machine["writes"])
    income = door.post(f"{where}record_income/", GOOD, key="i1")
    assert income.status_code == 201, api.text(income)
    assert door.post(f"{where}record_income/", GOOD, key="i1").data["id"] == income.data["id"]
    assert door.post(f"{where}record_income/", GOOD | {"amount": "1"}, key="i1").status_code == 409
    assert door.post(f"incomes/{income.data['id']}/settle/").status_code == 200
    assert door.post(f"agreement-versions/{version.pk}/sign/").status_code == 403
    assert Settlement.objects.count() == 1 and ledger.verify().is_sound


def test_a_settlement_waits_for_a_signed_table_and_says_who_mends_it(api: Any) -> None:
    row, actors = make.agreement()
    door = api.as_person(actors[0].person, actors[0].organisation)
    income = door.post(f"agreements/{row.pk}/record_income/", GOOD)
    refused = door.post(f"incomes/{income.data['id']}/settle/")
    assert refused.status_code == 409 and refused.data["code"] == "no_agreement" and refused.data["missing"], api.text(
        refused
    )
    assert not Settlement.objects.exists()


@pytest.mark.parametrize(
    "path", ["agreements", "incomes", "settlements", "statements", "disputes", "funds", "claims", "tranches"]
)
def test_ids_that_are_none_are_not_found(api: Any, path: str) -> None:
    me = factories.actor(factories.organisation())
    door = api.as_person(me.person, me.organisation)
    assert door.get(f"{path}/{uuid4()}/").status_code == 404
    assert door.get(f"{path}/nonsense/").status_code == 404
    assert api.as_stranger().get(f"{path}/{uuid4()}/").status_code == 401
