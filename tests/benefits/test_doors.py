"""Benefit and risk by page and by REST: whole requirements, refusals, strangers, exports."""

from __future__ import annotations

import csv
import io
from decimal import Decimal as Dec
from typing import Any

import pytest

from benefits.models import Claim, Settlement, ShareAgreement
from core import clock
from core.ledger import services as ledger
from tests import factories
from tests.factories import benefits as make
from tests.factories import needs as make_needs


def rest_lines(actors: Any, percents: Any) -> list[dict[str, Any]]:
    return [
        {"organisation": str(one["organisation"]), "percent": str(one["percent"]), "reason": one["reason"]}
        for one in make.lines(actors, percents)
    ]


@pytest.mark.req("R079", "A28", whole=True)
@pytest.mark.parametrize(
    ("good", "bad", "total"),
    [
        (("40", "30", "20", "10"), (("40", "30", "20", "11"), ("40", "30", "20", "9")), ("101", "99")),
        (
            ("50", "25", "24.99", "0.01"),
            (("50", "25", "24.99", "0.02"), ("50", "25", "24.99", "0.0099")),
            ("100.01", "99.9999"),
        ),
    ],
)
def test_a_share_table_sums_to_exactly_a_hundred(api: Any, client: Any, good: Any, bad: Any, total: Any) -> None:
    row, actors = make.agreement()
    first = actors[0]
    door = api.as_person(first.person, first.organisation)
    for percents, wrong in zip(bad, total, strict=True):
        answer = door.post(f"agreements/{row.pk}/propose_version/", {"lines": rest_lines(actors, percents)})
        assert (
            answer.status_code == 409 and answer.data["code"] == "a28" and f"合计 {wrong} %" in answer.data["detail"]
        ), api.text(answer)
    answer = door.post(f"agreements/{row.pk}/propose_version/", {"lines": rest_lines(actors, good)})
    assert answer.status_code == 201, api.text(answer)
    assert {Dec(one["percent"]) for one in answer.data["lines"]} == {Dec(one) for one in good}
    assert all(one["reason"] for one in answer.data["lines"])
    for one in actors:
        signed = api.as_person(one.person, one.organisation).post(f"agreement-versions/{answer.data['id']}/sign/")
        assert signed.status_code == 200, api.text(signed)
    assert signed.data["state"] == "in_force" and len(signed.data["signed_by"]) == 4
    # The same by page: what was typed stays, and the sum is told.
    client.sign_in(first.person, first.organisation)
    typed = {f"percent_{at}": percent for at, percent in enumerate(bad[0])} | {
        f"reason_{at}": "资金" for at in range(4)
    }
    page = client.post(f"/benefits/agreements/{row.pk}/propose/", typed)
    assert page.status_code == 409 and f"合计 {total[0]} %" in page.content.decode() and "资金" in page.content.decode()


@pytest.mark.req("R080", "R082", whole=True)
@pytest.mark.parametrize(
    ("percents", "amount", "wanted"),
    [
        (("40", "30", "20", "10"), "1000000.00", ["400000.00", "300000.00", "200000.00", "100000.00"]),
        (("62.5", "37.5"), "777.77", ["486.11", "291.66"]),
    ],
)
def test_an_income_becomes_statements_that_sum_to_it(
    api: Any, client: Any, percents: Any, amount: str, wanted: list[str]
) -> None:
    version, actors = make.in_force(percents)
    me = actors[0]
    door = api.as_person(me.person, me.organisation)
    income = door.post(
        f"agreements/{version.agreement_id}/record_income/",
        {"amount": amount, "received_on": str(clock.today()), "source": "首批订单"}, key="i1",
    )  # fmt: skip
    assert income.status_code == 201, api.text(income)
    first = door.post(f"incomes/{income.data['id']}/settle/", key="s1")
    again = door.post(f"incomes/{income.data['id']}/settle/", key="s2")
    assert (
        first.status_code == again.status_code == 200
        and first.data["id"] == again.data["id"]
        and Settlement.objects.count() == 1
    )
    assert [one["amount"] for one in first.data["statements"]] == wanted
    assert sum(Dec(one["amount"]) for one in first.data["statements"]) == Dec(amount)
    assert first.data["agreement_version"] == version.number and first.data["ledger_transaction"]
    for one in actors:
        client.sign_in(one.person, one.organisation)
        page = client.get(f"/benefits/settlements/{first.data['id']}/").content.decode()
        assert all(f"{Dec(part):,.2f}" in page for part in [*wanted, amount])
        rows = list(csv.reader(io.StringIO(client.get("/benefits/statements/?file=csv").content.decode("utf-8-sig"))))
        assert sorted(Dec(row[2]) for row in rows[1:]) == sorted(Dec(part) for part in wanted)
        ledger_page = client.get(f"/benefits/agreements/{version.agreement_id}/").content.decode()
        assert f"income {income.data['id']}" in ledger_page and f"v{version.number}" in ledger_page
    assert ledger.verify().is_sound


@pytest.mark.req("R081", whole=True)
@pytest.mark.parametrize(
    ("amount", "group", "members", "wanted"),
    [
        ("1000000", "20", 3, ["66666.67", "66666.67", "66666.66"]),
        ("100.00", "33", 2, ["16.50", "16.50"]),
        ("0.05", "40", 3, ["0.01", "0.01", "0.00"]),
    ],
)
def test_a_group_splits_its_share_and_says_how_it_rounds(
    api: Any, client: Any, amount: str, group: str, members: int, wanted: list[str]
) -> None:
    row, actors = make.agreement(members + 1)
    leader, smes = actors[0], actors[1:]
    door = api.as_person(leader.person, leader.organisation)
    table = rest_lines([leader], [str(100 - int(group))])
    table.append({
        "label": "中小企业", "percent": group, "reason": "配套研发与测试",
        "members": [{"organisation": str(one.organisation_id), "weight": "1"} for one in smes],
    })  # fmt: skip
    version = door.post(f"agreements/{row.pk}/propose_version/", {"lines": table})
    assert version.status_code == 201, api.text(version)
    for one in actors:
        api.as_person(one.person, one.organisation).post(f"agreement-versions/{version.data['id']}/sign/")
    income = door.post(
        f"agreements/{row.pk}/record_income/", {"amount": amount, "received_on": str(clock.today()), "source": "x"}
    )
    done = door.post(f"incomes/{income.data['id']}/settle/")
    amounts = [one["amount"] for one in done.data["statements"]]
    assert sorted(amounts[1:], reverse=True) == wanted and sum(map(Dec, amounts)) == Dec(amount)
    assert done.data["rounding_rule"]
    client.sign_in(leader.person, leader.organisation)
    assert done.data["rounding_rule"] in client.get(f"/benefits/settlements/{done.data['id']}/").content.decode()


@pytest.mark.req("R083", "R084", "R085")
@pytest.mark.parametrize(("loss", "pays"), [("2000000", "800000.00"), ("400000", "200000.00")])
def test_a_fund_from_opening_to_compensation_by_rest(api: Any, loss: str, pays: str) -> None:
    manager = factories.actor(factories.organisation())
    parties = [factories.actor(factories.organisation()) for _n in range(4)]
    door = api.as_person(manager.person, manager.organisation)
    body = {
        "name": "新材料协同风险基金", "target": "10000000", "rate_percent": "50", "claim_cap": "800000", "supervised_account": "监管专户",
        "parties": [
            {"organisation": str(one.organisation_id), "percent": percent}
            for one, percent in zip(parties, ["40", "30", "20", "10"], strict=True)
        ],
    }  # fmt: skip
    bad = door.post("funds/", body | {"parties": body["parties"][:3]})
    assert bad.status_code == 422 and "90" in bad.data["errors"]["parties"][0], api.text(bad)
    fund = door.post("funds/", body)
    assert fund.status_code == 201, api.text(fund)
    for one in parties:
        [row] = [row for row in fund.data["parties"] if row["organisation"]["id"] == str(one.organisation_id)]
        assert api.as_person(one.person, one.organisation).post(f"fund-parties/{row['id']}/agree/").status_code == 200
    call = door.post(f"funds/{fund.data['id']}/call/", {"due_on": str(clock.today())})
    assert sorted(Dec(one["amount"]) for one in call.data["lines"]) == [1000000, 2000000, 3000000, 4000000]
    for line in call.data["lines"]:
        paid = door.post(f"fund-call-lines/{line['id']}/pay/", {"paid_on": str(clock.today()), "evidence": "回单"})
        assert paid.status_code == 200, api.text(paid)
    mine = api.as_person(parties[1].person, parties[1].organisation)
    claim = mine.post(f"funds/{fund.data['id']}/claim/", {"kind": "rd_failure", "loss": loss, "reason": "中试失败"})
    assert claim.status_code == 201, api.text(claim)
    returned = mine.post(f"claims/{claim.data['id']}/submit/")
    assert returned.data["state"] == "returned" and returned.data["state_reason"]
    file = mine.upload(f"claims/{claim.data['id']}/add_evidence/", {"kind": "gate_report", "file": make_needs.pdf()})
    assert file.status_code == 200, api.text(file)
    assert mine.post(f"claims/{claim.data['id']}/submit/").data["state"] == "in_review"
    refused = mine.post(f"claims/{claim.data['id']}/decide/", {"is_approved": True, "reason": "x"})
    assert refused.status_code == 403
    done = door.post(f"claims/{claim.data['id']}/decide/", {"is_approved": True, "reason": "符合条款"})
    assert done.data["state"] == "paid" and done.data["paid"] == pays, api.text(done)
    assert Dec(mine.get(f"funds/{fund.data['id']}/").data["balance"]) == 10000000 - Dec(pays)


@pytest.mark.req("R088")
def test_all_parties_read_identical_totals_and_strangers_nothing(api: Any, client: Any) -> None:
    version, actors = make.in_force()
    door = api.as_person(actors[0].person, actors[0].organisation)
    income = make.income(version, actors[0], "12345.67")
    door.post(f"incomes/{income.pk}/settle/")
    seen = [
        api.as_person(one.person, one.organisation).get(f"agreements/{version.agreement_id}/").data["totals"]
        for one in actors
    ]
    assert all(one == seen[0] for one in seen) and seen[0]["settled"] == "12345.67"
    stranger = factories.actor(factories.organisation())
    other = api.as_person(stranger.person, stranger.organisation)
    for path in (f"agreements/{version.agreement_id}/", f"incomes/{income.pk}/"):
        assert other.get(path).status_code == 404
    assert other.get("statements/").data["results"] == []
    client.sign_in(stranger.person, stranger.organisation)
    assert client.get(f"/benefits/agreements/{version.agreement_id}/").status_code == 404
    assert api.as_stranger().get("agreements/").status_code == 401


@pytest.mark.parametrize(
    "path", ["agreements", "incomes", "settlements", "statements", "tranches", "funds", "claims", "fund-call-lines"]
)
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(api: Any, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    operator = factories.operator()
    door = api.as_person(operator.person, operator.organisation)

    def fill() -> None:
        version, actors = make.in_force(("50", "50"))
        income = make.income(version, actors[0], "10")
        from benefits.actions import agreement as actions

        actions.settle_income(actor=actors[0], income_id=income.pk)
        fund, manager, parties = make.fund(("100",))
        make.paid_call(fund, manager)
        from benefits.actions import fund as fund_actions

        claim = fund_actions.open_claim(actor=parties[0], fund_id=fund.pk, kind="market", loss=Dec(1), reason="x")
        fund_actions.submit_claim(actor=parties[0], claim_id=claim.pk)

    door.get(f"{path}/")  # a session's first request notes that its browser is in use
    counts = []
    for times in (1, 2):
        for _time in range(times):
            fill()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert door.get(f"{path}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["agreements/", "statements/", "tranches/", "funds/", "funds/new/"])
def test_pages_open_for_members_and_lead_strangers_to_the_sign_in(client: Any, path: str) -> None:
    assert client.get(f"/benefits/{path}").status_code == 302
    me = factories.actor(factories.organisation())
    client.sign_in(me.person, me.organisation)
    assert client.get(f"/benefits/{path}").status_code == 200


def test_pages_of_a_fund_and_a_claim(client: Any) -> None:
    fund, manager, parties = make.fund()
    make.paid_call(fund, manager, unpaid=0)
    client.sign_in(parties[0].person, parties[0].organisation)
    assert client.get(f"/benefits/funds/{fund.pk}/").status_code == 200
    sent = client.post(f"/benefits/funds/{fund.pk}/claim/", {"kind": "market", "loss": "1000", "reason": "价格下跌"})
    assert sent.status_code == 302
    claim = Claim.objects.get()
    page = client.get(f"/benefits/claims/{claim.pk}/")
    assert page.status_code == 200 and "500.00" in page.content.decode()
    wrong = client.post(f"/benefits/funds/{fund.pk}/claim/", {"kind": "market", "loss": "-5", "reason": "仍在这里"})
    assert wrong.status_code == 422 and "仍在这里" in wrong.content.decode()
    assert ShareAgreement.objects.count() == 0
