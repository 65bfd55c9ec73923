"""The risk fund by REST and by page: calls, debtors, claims, compensation, who goes on (R083 to R085)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as Dec
from typing import Any

import pytest

from benefits import tasks
from benefits.models import Claim, RiskFund
from core import clock
from core.ledger import services as ledger
from tests import factories
from tests.factories import benefits as make
from tests.factories import needs as make_needs

RATIOS = ("40", "30", "20", "10")


def open_by_rest(
    api: Any, target: str, percents: Any, cap: str, rate: str = "50"
) -> tuple[dict[str, Any], Any, list[Any]]:
    """A fund opened through the API; gives what was answered, the manager's door and the parties."""
    manager = factories.actor(factories.organisation("基金管理方"))
    parties = [factories.actor(factories.organisation(f"出资方{n}")) for n, _percent in enumerate(percents)]
    door = api.as_person(manager.person, manager.organisation)
    rows = [
        {"organisation": str(one.organisation_id), "percent": percent}
        for one, percent in zip(parties, percents, strict=True)
    ]
    body = {
        "name": "协同风险基金",
        "target": target,
        "rate_percent": rate,
        "claim_cap": cap,
        "supervised_account": "监管专户 1",
    }
    answer = door.post("funds/", body | {"parties": rows})
    assert answer.status_code == 201, api.text(answer)
    for one in parties:
        [row] = [row for row in answer.data["parties"] if str(row["organisation"]["id"]) == str(one.organisation_id)]
        agreed = api.as_person(one.person, one.organisation).post(f"fund-parties/{row['id']}/agree/")
        assert agreed.status_code == 200, api.text(agreed)
    return answer.data, door, parties


def pay(door: Any, lines: Any, *, leave: int | None = None) -> None:
    for n, line in enumerate(sorted(lines, key=lambda one: -Dec(one["amount"]))):
        if n != leave:
            answer = door.post(
                f"fund-call-lines/{line['id']}/pay/", {"paid_on": str(clock.today()), "evidence": f"回单{n}"}
            )
            assert answer.status_code == 200


@pytest.mark.req("R083", whole=True)
@pytest.mark.parametrize(
    ("target", "percents", "parts", "balance"),
    [
        ("10000000", RATIOS, ["4000000.00", "3000000.00", "2000000.00", "1000000.00"], "9000000.00"),
        ("100.01", ("33.3333", "33.3333", "33.3334"), ["33.34", "33.34", "33.33"], "66.68"),
    ],
)
def test_calls_follow_the_ratios_and_one_who_has_not_paid_is_named(
    api: Any, client: Any, frozen_clock: Any, target: str, percents: Any, parts: list[str], balance: str
) -> None:
    fund, door, parties = open_by_rest(api, target, percents, "1")
    assert len(fund["parties"]) == len(percents)
    call = door.post(f"funds/{fund['id']}/call/", {"due_on": str(clock.today() + dt.timedelta(days=10))})
    assert sorted((one["amount"] for one in call.data["lines"]), key=Dec, reverse=True) == parts
    assert sum(Dec(one["amount"]) for one in call.data["lines"]) == Dec(target)
    pay(door, call.data["lines"], leave=len(parts) - 1)
    frozen_clock.move(days=11)
    assert tasks.mark_late_calls() == 1
    seen = api.as_person(parties[0].person, parties[0].organisation).get(f"funds/{fund['id']}/")
    late = [one for one in seen.data["calls"][0]["lines"] if one["state"] == "late"]
    assert seen.data["balance"] == balance and seen.data["debtors"] == [late[0]["organisation"]["name"]], api.text(seen)
    client.sign_in(parties[0].person, parties[0].organisation)
    page = client.get(f"/benefits/funds/{fund['id']}/").content.decode()
    assert seen.data["debtors"][0] in page and f"{Dec(balance):,.2f}" in page and "逾期未缴" in page
    assert ledger.verify().is_sound


@pytest.mark.req("R084", whole=True)
@pytest.mark.parametrize(
    ("kind", "evidence", "loss"), [("rd_failure", "gate_report", "2000000"), ("market", "market_report", "350000.55")]
)
def test_a_claim_without_its_report_is_returned_and_with_it_goes_to_review(
    api: Any, kind: str, evidence: str, loss: str
) -> None:
    fund, door, parties = open_by_rest(api, "10000000", RATIOS, "800000")
    mine = api.as_person(parties[1].person, parties[1].organisation)
    claim = mine.post(f"funds/{fund['id']}/claim/", {"kind": kind, "loss": loss, "reason": "中试失败"})
    assert claim.status_code == 201 and claim.data["state"] == "draft", api.text(claim)
    other = api.as_person(parties[2].person, parties[2].organisation)
    assert other.get(f"claims/{claim.data['id']}/").status_code == 404, "a draft shows to its claimant alone"
    mine.upload(f"claims/{claim.data['id']}/add_evidence/", {"kind": "cost_record", "file": make_needs.pdf("cost.pdf")})
    returned = mine.post(f"claims/{claim.data['id']}/submit/")
    assert returned.data["state"] == "returned" and "报告" in returned.data["state_reason"], api.text(returned)
    assert door.post(f"claims/{claim.data['id']}/decide/", {"is_approved": True, "reason": "x"}).status_code == 409
    added = mine.upload(f"claims/{claim.data['id']}/add_evidence/", {"kind": evidence, "file": make_needs.pdf()})
    assert added.status_code == 200, api.text(added)
    assert mine.post(f"claims/{claim.data['id']}/submit/").data["state"] == "in_review"
    seen = other.get(f"claims/{claim.data['id']}/")
    assert (
        seen.data["loss"] == f"{Dec(loss):.2f}"
        and seen.data["reason"] == "中试失败"
        and len(seen.data["evidence"]) == 2
    )
    file = other.get(f"claims/{claim.data['id']}/evidence/{seen.data['evidence'][0]['id']}/")
    assert file.status_code == 200
    outside = factories.actor(factories.organisation())
    stranger = api.as_person(outside.person, outside.organisation)
    assert stranger.get(f"claims/{claim.data['id']}/").status_code == 404
    assert stranger.get(f"claims/{claim.data['id']}/evidence/{seen.data['evidence'][0]['id']}/").status_code == 404
    assert (
        door.post(f"claims/{claim.data['id']}/decide/", {"is_approved": False, "reason": "不属于覆盖范围"}).data[
            "state"
        ]
        == "rejected"
    )


@pytest.mark.req("R085", whole=True)
@pytest.mark.parametrize(
    ("loss", "rate", "cap", "paid_in", "pays", "left"),
    [
        ("2000000", "50", "800000", "10000000", "800000.00", "9200000.00"),
        ("2000000", "50", "800000", "500000", "500000.00", "0.00"),
        ("300000.03", "40", "800000", "10000000", "120000.01", "9879999.99"),
    ],
)
def test_a_loss_is_paid_by_rate_cap_and_balance_and_the_party_goes_on(
    api: Any, loss: str, rate: str, cap: str, paid_in: str, pays: str, left: str
) -> None:
    fund, door, parties = open_by_rest(api, "10000000", RATIOS, cap, rate)
    call = door.post(f"funds/{fund['id']}/call/", {"due_on": str(clock.today()), "amount": paid_in})
    pay(door, call.data["lines"])
    mine = api.as_person(parties[2].person, parties[2].organisation)
    claim = mine.post(f"funds/{fund['id']}/claim/", {"kind": "rd_failure", "loss": loss, "reason": "研发失败"})
    mine.upload(f"claims/{claim.data['id']}/add_evidence/", {"kind": "gate_report", "file": make_needs.pdf()})
    mine.post(f"claims/{claim.data['id']}/submit/")
    before = mine.get(f"funds/{fund['id']}/").data["continuing"]
    done = door.post(f"claims/{claim.data['id']}/decide/", {"is_approved": True, "reason": "符合条款"}, key="d1")
    again = door.post(f"claims/{claim.data['id']}/decide/", {"is_approved": True, "reason": "符合条款"}, key="d1")
    assert done.data["paid"] == again.data["paid"] == pays and done.data["state"] == "paid", api.text(done)
    party = next(one for one in fund["parties"] if one["organisation"]["id"] == str(parties[2].organisation_id))
    said = mine.post(f"fund-parties/{party['id']}/record_continuation/", {"continues": True, "note": "继续参与"})
    assert said.data["continues"] and said.data["continuation_note"] == "继续参与"
    after = mine.get(f"funds/{fund['id']}/").data
    assert after["continuing"] == before == 4 and after["balance"] == left and after["paid_out"] == pays
    assert next(one["received"] for one in after["standings"] if one["party"] == party["id"]) == pays
    assert ledger.verify().is_sound


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent_3": "11"}, "organisation_0"),
        ({"percent_1": "viel"}, "percent_1"),
        ({"rate_percent": "120"}, "rate_percent"),
        ({"target": "0"}, "target"),
        ({"name": " "}, "name"),
        ({"organisation_2": ""}, "organisation_2"),
    ],
)
def test_what_is_wrong_with_a_fund_stands_beside_its_field_and_nothing_typed_is_lost(
    client: Any, changes: dict[str, str], field: str
) -> None:
    manager = factories.actor(factories.organisation())
    parties = [factories.organisation(f"出资方{n}") for n in range(4)]
    sent = {
        "name": "新材料基金", "target": "10,000,000", "rate_percent": "50", "claim_cap": "800000", "supervised_account": "监管专户 7788",
    }  # fmt: skip
    for n, (one, percent) in enumerate(zip(parties, RATIOS, strict=True)):
        sent |= {f"organisation_{n}": str(one.pk), f"percent_{n}": percent}
    client.sign_in(manager.person, manager.organisation)
    page = client.post("/benefits/funds/new/", sent | changes)
    assert page.status_code == 422 and not RiskFund.objects.exists()
    assert f"id_{field}-error" in page.content.decode() and "监管专户 7788" in page.content.decode()
    assert client.post("/benefits/funds/new/", sent).status_code == 302 and RiskFund.objects.count() == 1


def test_the_way_of_a_claim_by_page(client: Any) -> None:
    fund, manager, parties = make.fund()
    make.paid_call(fund, manager)
    client.sign_in(parties[0].person, parties[0].organisation)
    sent = client.post(
        f"/benefits/funds/{fund.pk}/claim/", {"kind": "rd_failure", "loss": "2,000,000", "reason": "样机失败"}
    )
    claim = Claim.objects.get()
    assert sent.headers["Location"] == f"/benefits/claims/{claim.pk}/"
    client.post(f"/benefits/claims/{claim.pk}/submit/")
    page = client.get(f"/benefits/claims/{claim.pk}/").content.decode()
    assert "已退回" in page and "未通过关口的报告" in page and "800,000.00" in page
    added = client.post(
        f"/benefits/claims/{claim.pk}/evidence/", {"kind": "gate_report", "file": make_needs.pdf(), "caption": "关口二"}
    )
    assert added.status_code == 302
    assert client.post(f"/benefits/claims/{claim.pk}/submit/").status_code == 302
    assert client.get(f"/benefits/claims/{claim.pk}/decide/").status_code == 403
    client.sign_in(manager.person, manager.organisation)
    assert client.post(f"/benefits/claims/{claim.pk}/decide/", {"is_approved": "yes", "reason": ""}).status_code == 422
    assert (
        client.post(f"/benefits/claims/{claim.pk}/decide/", {"is_approved": "yes", "reason": "符合条款"}).status_code
        == 302
    )
    claim.refresh_from_db()
    assert (claim.state, claim.paid) == ("paid", Dec(800000))
    for tab in ("overview", "calls", "claims", "history"):
        assert client.get(f"/benefits/funds/{fund.pk}/?tab={tab}").status_code == 200
    party = fund.parties.get(organisation=parties[0].organisation)
    assert (
        client.post(
            f"/benefits/fund-parties/{party.pk}/continue/", {"continues": "yes", "note": "继续参与"}
        ).status_code
        == 302
    )
    assert "继续参与" in client.get(f"/benefits/funds/{fund.pk}/").content.decode()
