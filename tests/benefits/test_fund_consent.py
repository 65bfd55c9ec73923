"""Nobody owes a risk fund anything before a signatory of theirs has agreed to its terms (R083)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as Dec
from typing import Any

import pytest

from benefits.actions import fund as actions
from benefits.models import FundCallLine, FundParty, RiskFund
from core import clock
from core.errors import Blocked, NotAllowed, NotFound, NotFresh, WrongState
from core.inbox.models import Notification, Task
from tests import factories


def opened(*percents: str, target: str = "1000000") -> tuple[RiskFund, Any, list[Any]]:
    """A fund whose manager is its last party; nobody else has answered."""
    manager = factories.actor(factories.organisation("发起方"))
    asked = [factories.actor(factories.organisation(f"被邀方{at}")) for at in range(len(percents) - 1)]
    row = actions.open_fund(
        actor=manager, name="假基金", target=Dec(target), rate_percent=Dec(50), claim_cap=Dec(1000), supervised_account="某账户",
        parties=[{"organisation": one.organisation_id, "percent": Dec(percent)} for one, percent in zip([*asked, manager], percents, strict=True)],
    )  # fmt: skip
    return row, manager, asked


def party(row: RiskFund, actor: Any) -> FundParty:
    return FundParty.objects.get(fund=row, organisation=actor.organisation)


@pytest.mark.req("R083")
@pytest.mark.parametrize(
    ("percents", "part"), [(("90", "10"), "900,000.00"), (("33.3333", "33.3333", "33.3334"), "333,333")]
)
def test_an_invoice_for_a_fund_that_nobody_agreed_to_cannot_be_made(
    api: Any, client: Any, percents: tuple[str, ...], part: str
) -> None:
    row, manager, asked = opened(*percents)
    door = api.as_person(manager.person, manager.organisation)
    refused = door.post(f"funds/{row.pk}/call/", {"due_on": str(clock.today() + dt.timedelta(days=1))})
    assert (refused.status_code, refused.data["code"]) == (409, "parties_not_agreed"), api.text(refused)
    assert len(refused.data["missing"]) == len(asked) and asked[0].organisation.name in str(refused.data["missing"])
    assert not FundCallLine.objects.exists() and not Task.objects.filter(kind="pay_call").exists()
    assert Task.objects.filter(kind="answer_fund", state="open", role="signatory").count() == len(asked)
    client.sign_in(asked[0].person, asked[0].organisation)
    page = client.get(f"/benefits/funds/{row.pk}/").content.decode()
    mine = party(row, asked[0])
    address = f"/benefits/fund-parties/{mine.pk}/answer/"
    assert address in page and "邀请贵机构" in page
    terms = client.get(address).content.decode()
    assert part in terms and "某账户" in terms and "发起方" in terms
    assert client.post(address, {"answer": "refuse", "reason": ""}).status_code == 422
    assert client.post(address, {"answer": "refuse", "reason": "从未商定"}).status_code == 302
    client.sign_in(manager.person, manager.organisation)
    page = client.get(f"/benefits/funds/{row.pk}/").content.decode()
    assert "从未商定" in page and f"/benefits/funds/{row.pk}/call/" not in page
    assert Notification.objects.filter(kind="fund_answered", person=manager.person).count() == 1
    for one in asked:
        client.sign_in(one.person, one.organisation)
        answer = client.post(f"/benefits/fund-parties/{party(row, one).pk}/answer/", {"answer": "agree", "reason": ""})
        assert answer.status_code == 302
    client.sign_in(manager.person, manager.organisation)
    assert f"/benefits/funds/{row.pk}/call/" in client.get(f"/benefits/funds/{row.pk}/").content.decode()
    called = door.post(f"funds/{row.pk}/call/", {"due_on": str(clock.today() + dt.timedelta(days=1))})
    assert called.status_code == 201 and not Task.objects.filter(kind="answer_fund", state="open").exists()


def test_a_party_answers_for_itself_once_and_claims_only_when_it_agreed(db: str) -> None:
    row, manager, [one, other] = opened("40", "40", "20")
    with pytest.raises(NotAllowed):
        actions.agree_to_fund(actor=other, party_id=party(row, one).pk)
    with pytest.raises(NotFound):
        actions.agree_to_fund(actor=factories.actor(factories.organisation()), party_id=party(row, one).pk)
    finance = factories.actor(one.organisation, roles=["finance"])
    with pytest.raises(NotAllowed):
        actions.agree_to_fund(actor=finance, party_id=party(row, one).pk)
    with pytest.raises(NotAllowed):
        actions.open_claim(actor=one, fund_id=row.pk, kind="market", loss=Dec(1), reason="x")
    agreed = actions.agree_to_fund(actor=one, party_id=party(row, one).pk)
    assert (agreed.state, agreed.answered_by, party(row, manager).state) == ("agreed", one.person, "agreed")
    for again in (actions.agree_to_fund, lambda **words: actions.refuse_fund(reason="x", **words)):
        with pytest.raises(WrongState):
            again(actor=one, party_id=agreed.pk)
    with pytest.raises(Blocked) as blocked:
        actions.call_fund(actor=manager, fund_id=row.pk, due_on=clock.today())
    assert [missing.who for missing in blocked.value.missing] == [other.organisation.name]


def test_opening_calling_and_agreeing_ask_for_a_fresh_sign_in(db: str, settings: Any) -> None:
    from dataclasses import replace

    row, manager, [one] = opened("50", "50")
    with pytest.raises(NotFresh):
        actions.agree_to_fund(actor=replace(one, is_fresh=False), party_id=party(row, one).pk)
    with pytest.raises(NotFresh):
        actions.call_fund(actor=replace(manager, is_fresh=False), fund_id=row.pk, due_on=clock.today())
