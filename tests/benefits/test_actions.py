"""Agreements, settlement and the fund through their actions."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal as Dec
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from benefits import queries, services, tasks
from benefits.actions import agreement as actions
from benefits.actions import dispute as dispute_actions
from benefits.actions import fund as fund_actions
from benefits.models import Settlement, Statement
from core import checks, clock
from core.accounts.actor import Actor
from core.checks.models import Alert
from core.errors import Blocked, NotAllowed, NotFound, WrongState
from core.inbox.models import Notification
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
    assert {str(one.organisation_id): one.confirmed for one in totals.parties}[str(actors[1].organisation_id)] == 300
    assert ledger.verify().is_sound


def test_tranches_are_held_and_voided_and_exposure_says_what_was_saved(db: Any) -> None:
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
    make.agreed(fund, other)
    claim = fund_actions.open_claim(actor=manager, fund_id=fund.pk, kind="market", loss=Dec(10), reason="x")
    fund_actions.add_claim_evidence(actor=manager, claim_id=claim.pk, kind="market_report", file=make_needs.pdf())
    fund_actions.submit_claim(actor=manager, claim_id=claim.pk)
    with pytest.raises(NotAllowed):
        fund_actions.decide_claim(actor=manager, claim_id=claim.pk, is_approved=True, reason="x")


def test_the_due_day_is_not_in_the_past(db: Any) -> None:
    fund, manager, _actors = make.fund()
    with pytest.raises(Exception, match="|".join(["passed", "已过"])):
        fund_actions.call_fund(actor=manager, fund_id=fund.pk, due_on=clock.today() - dt.timedelta(days=1))


@pytest.mark.req("R088")
def test_a_question_is_asked_by_a_party_and_closed_by_it_alone(db: Any) -> None:
    version, actors = make.in_force()
    done = actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000").pk)
    row = done.statements.get(organisation=actors[1].organisation)
    asked = dispute_actions.raise_dispute(actor=actors[2], statement_id=row.pk, text="为什么是 300？")
    with pytest.raises(WrongState):
        dispute_actions.raise_dispute(actor=actors[2], statement_id=row.pk, text="再问一次")
    assert (queries.health(version.agreement).disputes, queries.health(version.agreement).disputes_open) == (1, 1)
    assert Notification.objects.filter(kind="dispute_raised").count() == 3, "every other party is told"
    with pytest.raises(NotAllowed):
        dispute_actions.close_dispute(actor=actors[1], dispute_id=asked.pk, outcome="ok")
    dispute_actions.close_dispute(actor=actors[2], dispute_id=asked.pk, outcome="已说明")
    assert (queries.health(version.agreement).disputes, queries.health(version.agreement).disputes_open) == (1, 0)
    with pytest.raises(WrongState):
        dispute_actions.close_dispute(actor=actors[2], dispute_id=asked.pk, outcome="again")
    stranger = factories.actor(factories.organisation())
    with pytest.raises(NotFound):
        dispute_actions.raise_dispute(actor=stranger, statement_id=row.pk, text="x")


def test_health_counts_the_projects_that_at_least_two_parties_share_again(db: Any) -> None:
    row, actors = make.agreement()
    for number in (4, 2, 1):
        with transaction.atomic():
            services.open_agreement(
                subject_id=uuid.uuid4(), subject_title="x", subject_link="", actor=Actor.system(),
                organisations=[(one.organisation, "") for one in actors[:number] if one.organisation],
            )  # fmt: skip
    assert queries.health(row).repeat == 2


@pytest.mark.req("R081")
def test_rests_are_carried_and_a_share_that_ends_leaves_its_rest_to_those_who_stay(db: Any) -> None:
    row, actors = make.agreement(3)
    thirds = make.signed(row, actors, make.lines(actors, ["33.33", "33.33", "33.34"]))
    got = dict.fromkeys([one.organisation_id for one in actors], Dec(0))
    for _turn in range(7):
        done = actions.settle_income(actor=actors[0], income_id=make.income(thirds, actors[0], "0.10").pk)
        for one in done.statements.all():
            got[one.organisation_id] += one.amount
    assert sum(got.values()) == Dec("0.70") and all(
        abs(amount - Dec("0.70") / 3) < Dec("0.01") for amount in got.values()
    )
    assert sum(_rests(row)) == 0 and any(_rests(row))
    halves = make.signed(row, actors, make.lines(actors, ["50", "50", "0"]))
    for _turn in range(3):
        last = actions.settle_income(actor=actors[0], income_id=make.income(halves, actors[0], "0.01").pk)
        assert sum(_rests(row)) == 0 and all(abs(rest) < 1 for rest in _rests(row))
    assert last.statements.get(organisation=actors[2].organisation).amount == 0
    assert row.residuals.get(key=str(actors[2].organisation_id)).numerator == "0"


def _rests(row: Any) -> list[Fraction]:
    return [Fraction(int(one.numerator), int(one.denominator)) for one in row.residuals.all()]


def test_what_was_agreed_signed_and_settled_cannot_be_edited_even_by_sql(db: Any) -> None:
    version, actors = make.in_force()
    actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "10").pk)
    for statement in (
        "UPDATE benefits_shareline SET percent = 50", "DELETE FROM benefits_agreementsignature",
        "UPDATE benefits_settlement SET version_id = version_id", "TRUNCATE benefits_shareline CASCADE",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.req("R083")
def test_the_clock_marks_what_is_late_once(db: Any, frozen_clock: Any) -> None:
    fund, manager, actors = make.fund()
    make.paid_call(fund, manager, unpaid=1)
    assert tasks.mark_late_calls() == 0
    frozen_clock.move(days=11)
    assert (tasks.mark_late_calls(), tasks.mark_late_calls()) == (1, 0)
    line = queries.debtors(fund)[0]
    assert line.state == "late" and line.party.organisation == actors[1].organisation
    figures = queries.fund_figures(fund)
    assert (figures.balance, figures.outstanding, figures.continuing) == (Dec(7000000), Dec(3000000), 4)
    assert [one.late for one in figures.parties] == [0, 3000000, 0, 0]
    fund_actions.record_call_payment(actor=manager, line_id=line.pk, paid_on=clock.today(), evidence="回单 9")
    assert queries.debtors(fund) == [] and queries.fund_balance(fund) == 10000000


def test_the_payee_does_not_instruct_its_own_payment_unless_the_money_came_in_with_it(db: Any) -> None:
    version, actors = make.in_force()
    done = actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000").pk)
    own, other = (done.statements.get(organisation=actors[n].organisation) for n in (0, 1))
    assert actions.instruct_payment(actor=actors[0], statement_id=own.pk).state == "instructed"
    with pytest.raises(NotAllowed):
        actions.instruct_payment(actor=actors[1], statement_id=other.pk)
