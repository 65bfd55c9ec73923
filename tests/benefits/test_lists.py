"""Lists of benefit and risk: filters, sorting, search and files give what was asked, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from benefits.actions import agreement as actions
from tests import factories
from tests.factories import benefits as make


@pytest.fixture
def scene(client: Any) -> Any:
    """One agreement in force with a settlement, one without; a fund with a claim; read by the operator."""
    version, actors = make.in_force()
    actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000").pk)
    make.agreement()
    make.claim_in_review()
    me = factories.operator()
    client.sign_in(me.person, me.organisation)
    return version, actors


@pytest.mark.parametrize(
    ("path", "asked", "rows"),
    [
        ("agreements/", "", 2), ("agreements/", "state=yes", 1), ("agreements/", "state=no", 1), ("agreements/", "q=芯片", 2),
        ("agreements/", "q=nobody", 0), ("agreements/", "opened_from=2030-01-01", 0),
        ("statements/", "", 4), ("statements/", "state=payable", 4), ("statements/", "state=confirmed", 0),
        ("statements/", "amount_from=300", 2), ("statements/", "amount_to=100", 1), ("statements/", "q=首批", 4),
        ("funds/", "", 1), ("funds/", "target_from=1000", 1), ("funds/", "target_from=1001", 0), ("funds/", "q=协同", 1),
        ("claims/", "state=in_review", 1), ("claims/", "state=paid", 0), ("claims/", "kind=market", 1), ("claims/", "kind=rd_failure", 0),
        ("tranches/", "", 0), ("entries", "kind=settlement", 5), ("entries", "kind=payment_confirmed", 0), ("entries", "q=v1", 5),
    ],
)  # fmt: skip
def test_a_list_holds_what_was_asked(client: Any, scene: Any, path: str, asked: str, rows: int) -> None:
    address = f"agreements/{scene[0].agreement_id}/entries/" if path == "entries" else path
    page = client.get(f"/benefits/{address}?{asked}")
    assert page.status_code == 200 and page.context["table"].total == rows
    file = client.get(f"/benefits/{address}?{asked}&file=csv")
    assert len(file.content.decode("utf-8-sig").strip().splitlines()) == rows + 1


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("agreements/", ["subject_title", "party_count", "in_force", "income_total", "created_at"]),
        ("statements/", ["organisation", "amount", "state", "due_on"]),
        ("funds/", ["name", "chain", "manager", "target", "paid_in", "party_count", "open_claims"]),
        ("claims/", ["claimant", "fund", "kind", "loss", "paid", "state", "created_at"]),
        ("tranches/", ["subject_title", "stage", "amount", "state", "payer", "payee", "moved_at"]),
        ("entries", ["booked_at", "id", "kind", "amount"]),
    ],
)
def test_a_list_sorts_both_ways_and_goes_out_as_a_workbook(
    client: Any, scene: Any, path: str, columns: list[str]
) -> None:
    address = f"agreements/{scene[0].agreement_id}/entries/" if path == "entries" else path
    for column in columns:
        for sign in ("", "-"):
            page = client.get(f"/benefits/{address}?sort={sign}{column}")
            assert page.status_code == 200 and page.context["table"].sort_key == f"{sign}{column}"
    assert client.get(f"/benefits/{address}?file=xlsx").content[:2] == b"PK"


def test_amounts_sort_as_numbers(client: Any, scene: Any) -> None:
    shown = client.get("/benefits/statements/?sort=-amount").context["table"].shown_rows
    assert [row.obj.amount for row in shown] == [400, 300, 200, 100]


@pytest.mark.parametrize("wrong", ["amount_from=viel", "due_from=31.12.", "state=nix", "page=999", "sort=nix"])
def test_a_senseless_filter_says_so_and_breaks_nothing(client: Any, scene: Any, wrong: str) -> None:
    assert client.get(f"/benefits/statements/?{wrong}").status_code == 200
