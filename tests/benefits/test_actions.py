"""Agreements, settlement and the fund through their actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as Dec
from typing import Any

import pytest
from django.db import transaction

from benefits import queries, services
from benefits.actions import agreement as actions
from benefits.actions import fund as fund_actions
from benefits.models import Settlement, Statement
from core import checks, clock
from core.accounts.actor import Actor
from core.checks.models import Alert
from core.errors import Blocked, NotAllowed, NotFound, WrongState
from core.ledger import services as ledger
from tests import factories
from tests.factories import benefits as make
from tests.factories import needs as make_needs


@pytest.mark.req("R079", "A28")
@pytest.mark.parametrize(("last", "total"), [("11", "101"), ("9", "99")])
def test_shares_that_do_not_sum_to_a_hundred_are_refused_with_their_sum(db: Any, last: str, total: str) -> None:
    row, actors = make.agreement()
    with pytest.raises(Blocked) as refused:
        actions.propose_version(
            actor=actors[0], agreement_id=row.pk, lines=make.lines(actors, ["40", "30", "20", last])
        )
    assert refused.value.code == "a28" and total in str(refused.value.message)
    assert not row.versions.exists()


def test_a_version_is_in_force_when_all_have_signed_and_a_new_one_voids_what_was_being_signed(db: Any) -> None:
    row, actors = make.agreement()
    first = actions.propose_version(
        actor=actors[0], agreement_id=row.pk, lines=make.lines(actors, ["40", "30", "20", "10"])
    )
    actions.sign_agreement(actor=actors[0], version_id=first.pk)
    second = actions.propose_version(
        actor=actors[1], agreement_id=row.pk, lines=make.lines(actors, ["25", "25", "25", "25"])
    )
    with pytest.raises(WrongState):
        actions.sign_agreement(actor=actors[2], version_id=first.pk)
    for one in actors:
        assert queries.agreement_in_force(row.subject_id) is None
        actions.sign_agreement(actor=one, version_id=second.pk)
    assert queries.agreement_in_force(row.subject_id) == second
    third = actions.propose_version(
        actor=actors[1], agreement_id=row.pk, lines=make.lines(actors, ["40", "20", "20", "20"])
    )
    assert queries.agreement_in_force(row.subject_id) == second, "the old one holds until the new one is signed"
    for one in actors:
        actions.sign_agreement(actor=one, version_id=third.pk)
    assert queries.agreement_in_force(row.subject_id) == third


@pytest.mark.req("R080", "R082")
@pytest.mark.parametrize(
    ("percents", "amount", "wanted"),
    [
        (("40", "30", "20", "10"), "1000000.00", ["400000.00", "300000.00", "200000.00", "100000.00"]),
        (("33.34", "33.33", "33.33"), "100.01", ["33.35", "33.33", "33.33"]),
        (("12.5", "87.5"), "0.05", ["0.01", "0.04"]),
    ],
)
def test_an_income_is_split_to_the_fen_and_cites_version_and_income(
    db: Any, percents: Any, amount: str, wanted: list[str]
) -> None:
    version, actors = make.in_force(percents)
    income = make.income(version, actors[0], amount)
    done = actions.settle_income(actor=actors[0], income_id=income.pk)
    amounts = [row.amount for row in done.statements.order_by("line__position")]
    assert amounts == [Dec(one) for one in wanted] and sum(amounts) == Dec(amount)
    assert str(income.pk) in done.txn.reason and f"v{version.number}" in done.txn.reason
    assert done.txn.reference_id == income.pk and ledger.verify().is_sound


@pytest.mark.req("R081")
def test_a_group_shares_what_it_gets(db: Any) -> None:
    row, actors = make.agreement(6)
    leader, institute, *smes, capital = actors
    table = make.lines([leader, institute], ["40", "30"])
    table.append({
        "label": "中小企业", "percent": Dec(20), "reason": "配套",
        "members": [{"organisation": one.organisation_id, "weight": Dec(1)} for one in smes],
    })  # fmt: skip
    table += make.lines([capital], ["10"])
    version = make.signed(row, actors, table)
    done = actions.settle_income(actor=leader, income_id=make.income(version, leader, "1000000").pk)
    amounts = [one.amount for one in done.statements.order_by("line__position")]
    assert amounts[2:5] == [Dec("66666.67"), Dec("66666.67"), Dec("66666.66")] and sum(amounts) == 1000000
    second = actions.settle_income(actor=leader, income_id=make.income(version, leader, "1000000").pk)
    again = [one.amount for one in second.statements.order_by("line__position")]
    assert again[4] == Dec("66666.67"), "who was behind comes first the next time"


def test_settling_from_ten_connections_settles_once(db: Any, in_threads: Any) -> None:
    version, actors = make.in_force()
    income = make.income(version, actors[0], "999.99")
    results = in_threads(10, lambda number: actions.settle_income(actor=actors[number % 4], income_id=income.pk).pk)
    assert len(set(results)) == 1 and Settlement.objects.count() == 1 and Statement.objects.count() == 4
    assert sum(Statement.objects.values_list("amount", flat=True)) == Dec("999.99") and ledger.verify().is_sound


@pytest.mark.req("R088")
def test_every_party_sees_the_same_totals_and_a_stranger_nothing(db: Any) -> None:
    version, actors = make.in_force()
    actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000").pk)
    seen = []
    for one in actors:
        row = queries.agreements_visible_to(one).get()
        seen.append((queries.ledger_totals(row), queries.statements_visible_to(one).count()))
    assert len({str(one) for one in seen}) == 1 and seen[0][0].settled == 1000
    stranger = factories.actor(factories.organisation())
    assert not queries.agreements_visible_to(stranger).exists() and not queries.statements_visible_to(stranger).exists()
    with pytest.raises(NotFound):
        actions.record_income(
            actor=stranger, agreement_id=version.agreement_id, amount=Dec(1), received_on=clock.today(), source="x"
        )


def test_a_payment_is_instructed_by_one_and_confirmed_by_the_payee_alone(db: Any) -> None:
    version, actors = make.in_force()
    done = actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000").pk)
    row = done.statements.get(organisation=actors[1].organisation)
    with pytest.raises(WrongState):
        actions.confirm_payment(actor=actors[1], statement_id=row.pk)
    actions.instruct_payment(actor=actors[0], statement_id=row.pk, evidence="B-1")
    with pytest.raises(NotAllowed):
        actions.confirm_payment(actor=actors[0], statement_id=row.pk)
    actions.confirm_payment(actor=actors[1], statement_id=row.pk)
    totals = queries.ledger_totals(version.agreement)
    assert {one.organisation_id: one.confirmed for one in totals.parties}[actors[1].organisation_id] == 300
    assert ledger.verify().is_sound


def test_tranches_are_held_and_voided_and_exposure_says_what_was_saved(db: Any) -> None:
    import uuid

    payer, payee, subject = factories.organisation(), factories.organisation(), uuid.uuid4()
    with transaction.atomic():
        rows = services.plan_tranches(
            subject_id=subject, subject_title="x", subject_link="/x/", payer=payer, payee=payee, actor=Actor.system(),
            stages=[("rd", Dec(3)), ("pilot", Dec(3)), ("mass_production", Dec(4))],
        )  # fmt: skip
        for row in rows:
            services.hold_tranche(row, actor=Actor.system())
    assert queries.exposure(subject) == queries.Exposure(Dec(10), Dec(0), Dec(10), Dec(0))
    with transaction.atomic():
        services.void_tranche(rows[2], actor=Actor.system(), reason="stopped")
    assert queries.exposure(subject).saved == 4 and ledger.verify().is_sound


@pytest.mark.req("R083")
@pytest.mark.parametrize(
    ("target", "percents", "parts"),
    [
        ("10000000", ("40", "30", "20", "10"), [4000000, 3000000, 2000000, 1000000]),
        ("500000", ("50", "25", "25"), [250000, 125000, 125000]),
    ],
)
def test_a_call_follows_the_ratios_and_the_debtor_is_named(
    db: Any, frozen_clock: Any, target: str, percents: Any, parts: list[int]
) -> None:
    fund, manager, _actors = make.fund(percents, target)
    call = make.paid_call(fund, manager, unpaid=len(parts) - 1)
    assert sorted((line.amount for line in call.lines.all()), reverse=True) == parts
    debtor = call.lines.get(state="due").party
    assert queries.fund_balance(fund) == sum(parts[:-1])
    frozen_clock.move(days=11)
    assert [one.party for one in queries.debtors(fund)] == [debtor]
    checks.watch({"A26"})
    alert = Alert.objects.get(code="A26")
    assert str(debtor) in alert.rule
    fund_actions.record_call_payment(
        actor=manager, line_id=queries.debtors(fund)[0].pk, paid_on=clock.today(), evidence="late"
    )
    checks.watch({"A26"})
    alert.refresh_from_db()
    assert alert.state == "cleared" and queries.fund_balance(fund) == sum(parts)


@pytest.mark.req("R084", "R085")
@pytest.mark.parametrize(
    ("loss", "paid_in", "pays", "decides"),
    [
        ("2000000", "10000000", "800000.00", "claim_cap"),
        ("2000000", "500000", "500000.00", "balance"),
        ("1000000.01", "10000000", "500000.00", "rate"),
    ],
)
def test_compensation_follows_rate_cap_and_balance(db: Any, loss: str, paid_in: str, pays: str, decides: str) -> None:
    fund, manager, actors = make.fund()
    make.paid_call(fund, manager, amount=paid_in)
    claim = fund_actions.open_claim(
        actor=actors[1], fund_id=fund.pk, kind="rd_failure", loss=Dec(loss), reason="试制失败"
    )
    returned = fund_actions.submit_claim(actor=actors[1], claim_id=claim.pk)
    assert returned.state == "returned" and returned.state_reason
    fund_actions.add_claim_evidence(
        actor=actors[1], claim_id=claim.pk, kind="gate_report", file=make_needs.pdf("gate.pdf")
    )
    assert fund_actions.submit_claim(actor=actors[1], claim_id=claim.pk).state == "in_review"
    with pytest.raises(NotAllowed):
        fund_actions.decide_claim(actor=actors[1], claim_id=claim.pk, is_approved=True, reason="mine")
    before = queries.fund_balance(fund)
    done = fund_actions.decide_claim(actor=manager, claim_id=claim.pk, is_approved=True, reason="符合条款")
    assert (done.state, done.paid, done.calculation["decides"]) == ("paid", Dec(pays), decides)
    assert queries.fund_balance(fund) == before - Dec(pays) >= 0
    party = fund.parties.get(organisation=actors[1].organisation)
    assert fund_actions.record_continuation(
        actor=actors[1], party_id=party.pk, continues=True, note="继续参与"
    ).continues


def test_two_claims_at_one_instant_never_overdraw_the_fund(db: Any, in_threads: Any) -> None:
    fund, manager, actors = make.fund()
    make.paid_call(fund, manager, amount="1000000")
    claims = []
    for one in actors[:2]:
        claim = fund_actions.open_claim(actor=one, fund_id=fund.pk, kind="rd_failure", loss=Dec(2000000), reason="x")
        fund_actions.add_claim_evidence(actor=one, claim_id=claim.pk, kind="gate_report", file=make_needs.pdf())
        claims.append(fund_actions.submit_claim(actor=one, claim_id=claim.pk))
    results = in_threads(
        2, lambda n: fund_actions.decide_claim(actor=manager, claim_id=claims[n].pk, is_approved=True, reason="ok").paid
    )
    assert (
        sorted(results) == [Dec(200000), Dec(800000)] and queries.fund_balance(fund) == 0 and ledger.verify().is_sound
    )


def test_a_manager_who_is_a_party_does_not_decide_on_the_own_claim(db: Any) -> None:
    manager = factories.actor(factories.organisation())
    other = factories.actor(factories.organisation())
    fund = fund_actions.open_fund(
        actor=manager, name="x", target=Dec(100), rate_percent=Dec(50), claim_cap=Dec(50), supervised_account="a",
        parties=[{"organisation": one.organisation_id, "percent": Dec(50)} for one in (manager, other)],
    )  # fmt: skip
    claim = fund_actions.open_claim(actor=manager, fund_id=fund.pk, kind="market", loss=Dec(10), reason="x")
    fund_actions.add_claim_evidence(actor=manager, claim_id=claim.pk, kind="market_report", file=make_needs.pdf())
    fund_actions.submit_claim(actor=manager, claim_id=claim.pk)
    with pytest.raises(NotAllowed):
        fund_actions.decide_claim(actor=manager, claim_id=claim.pk, is_approved=True, reason="x")


def test_the_due_day_is_not_in_the_past(db: Any) -> None:
    fund, manager, _actors = make.fund()
    with pytest.raises(Exception, match="|".join(["passed", "已过"])):
        fund_actions.call_fund(actor=manager, fund_id=fund.pk, due_on=clock.today() - dt.timedelta(days=1))
