"""Money waits for its gate: by pages, by REST, and by SQL (R086, R087)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from benefits.queries import exposure, tranches_of
from core import clock
from core.errors import Blocked, NotAllowed, NotFound, Refusal, WrongState
from core.ledger.services import verify
from projects.actions import gate as gate_actions
from projects.models import GateDecision, ProjectStart
from projects.tasks import lapse_conditions, open_due_gate_reviews
from tests import factories
from tests.factories.projects import Scene

D = Decimal


def money(pk: uuid.UUID) -> tuple[Decimal, Decimal, Decimal]:
    found = exposure(pk)
    return found.captured, found.held, found.saved


@pytest.mark.req("R087", whole=True)
@pytest.mark.parametrize(
    ("amounts", "target", "lab", "pilot", "after_rd", "saved"),
    [
        (("3000000", "3000000", "4000000"), "260", "262", "255", "6000000", "4000000"),
        (("1200000.50", "800000.25", "2500000.10"), "95", "95", "91.2", "2000000.75", "2500000.10"),
    ],
)
def test_the_next_money_follows_the_gate_and_a_stop_saves_the_rest(
    api: Any, client: Any, amounts: tuple[str, str, str], target: str, lab: str, pilot: str, after_rd: str, saved: str
) -> None:
    scene = Scene(amounts, target).started()
    spec = str(scene.indicator.specification_id)
    assert money(scene.pk)[0] == D(amounts[0])
    party = api.as_person(scene.institute.person)
    approver = api.as_person(scene.approver.person)
    for stage, value, environment in (("rd", lab, "lab"), ("pilot", pilot, "pilot")):
        gate = scene.gate(stage).pk
        answer = party.post(
            f"gates/{gate}/submit_package/",
            {"measurements": [{"specification": spec, "value": value, "environment": environment}]},
        )
        assert answer.status_code == 201, api.text(answer)
        expert = factories.person(is_expert=True)
        seat = (
            api.as_person(scene.operator.person)
            .post(f"gates/{gate}/invite_reviewer/", {"person": str(expert.pk)})
            .json()
        )
        assert (
            api.as_person(expert).post(f"gate-seats/{seat['id']}/declare/", {"has_conflict": False}).json()["state"]
            == "cleared"
        )
        finding = {
            "answers": [{"item": at, "is_met": True} for at in range(3)],
            "recommendation": "go",
            "text": "依据充分",
        }
        assert api.as_person(expert).post(f"gates/{gate}/record_finding/", finding).status_code == 201
        answer = approver.post(f"gates/{gate}/decide/", {"outcome": "go", "reason": "见材料"})
        if stage == "rd":
            assert answer.status_code == 201, api.text(answer)
            assert money(scene.pk)[0] == D(after_rd)
        else:
            assert answer.status_code == 409, api.text(answer)
            assert answer.json()["code"] == "go_impossible"
            assert "能量密度" in str(answer.json()["missing"])
            answer = approver.post(f"gates/{gate}/decide/", {"outcome": "kill", "reason": "中试未达标"})
            assert answer.status_code == 201, api.text(answer)
    total = sum(map(D, amounts))
    detail = party.get(f"projects/{scene.pk}/").json()
    assert detail["state"] == "killed"
    assert {name: D(text) for name, text in detail["money"].items()} == {
        "planned": total, "captured": D(after_rd), "held": D(0), "saved": D(saved),
    }  # fmt: skip
    page = client.sign_in(scene.leader.person).get(f"/projects/{scene.pk}/", headers={"accept-language": "zh-hans"})
    assert page.status_code == 200
    assert f"{D(saved):,.2f}" in page.content.decode() or f"{D(saved) / 10000:,.2f}" in page.content.decode()
    assert verify().is_sound


@pytest.mark.req("R086", "A29", whole=True)
@pytest.mark.parametrize(
    ("amounts", "stage"), [(("3000000", "3000000", "4000000"), "mass_production"), (("100", "250.50", "75"), "pilot")]
)
def test_a_later_tranche_cannot_be_released_early(api: Any, amounts: tuple[str, str, str], stage: str) -> None:
    scene = Scene(amounts).started()
    door = api.as_person(scene.approver.person)
    answer = door.post(f"projects/{scene.pk}/release_stage/", {"stage": stage})
    assert answer.status_code == 409, api.text(answer)
    body = answer.json()
    assert body["code"] == "a29"
    assert body["missing"][0]["rule"] == "A29"
    assert money(scene.pk)[0] == D(amounts[0])
    assert [one.state for one in tranches_of(scene.pk)] == ["captured", "held", "held"]
    scene.passed("rd")
    if stage == "mass_production":
        assert door.post(f"projects/{scene.pk}/release_stage/", {"stage": stage}).status_code == 409
        scene.passed("pilot")
    assert door.post(f"projects/{scene.pk}/release_stage/", {"stage": stage}).status_code == 200
    assert next(one for one in tranches_of(scene.pk) if one.stage == stage).state == "captured"
    assert verify().is_sound


@pytest.mark.req("R086")
@pytest.mark.req("A29")
def test_not_even_sql_releases_money_early_or_forges_a_signature(db: str) -> None:
    scene = Scene().started()
    pilot = next(one for one in tranches_of(scene.pk) if one.stage == "pilot")
    gate = scene.gate("rd")
    entries = "FROM ledger_entry WHERE txn_id = %s)"
    capture = (
        "SELECT {} FROM {}(%s, %s, 'x', 'capture', %s, "
        f"ARRAY(SELECT account_id {entries}, ARRAY(SELECT amount {entries}, now(), '', NULL, NULL)"
    )
    stolen = [uuid.uuid4(), "steal", pilot.hold_id, pilot.hold_id, pilot.hold_id]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(capture.format("refused", "ledger_resolve_once"), stolen)
        assert cursor.fetchone() == ("gate_not_passed",)
    attempts: list[tuple[str, list[Any], str]] = [
        (capture.format("1", "ledger_resolve"), stolen, "permission denied"),
        ("UPDATE benefits_tranche SET position = 0 WHERE id = %s", [pilot.pk], "keeps its place"),
        ("UPDATE benefits_tranche SET hold_id = NULL WHERE id = %s", [pilot.pk], "keeps its place"),
        ("UPDATE projects_gate SET position = 2 WHERE id = %s", [gate.pk], "keeps its place"),
        ("UPDATE projects_projectstart SET signed_by_id = %s", [scene.supplier.person.pk], "permission denied"),
        ("UPDATE projects_gatedecision SET signed_at = now()", [], "permission denied"),
        ("DELETE FROM projects_gatedecision", [], "permission denied"),
        (
            "INSERT INTO projects_projectstart (id, created_at, project_id, definition_hash, signed_by_id, signed_at) "
            "VALUES (gen_random_uuid(), now(), %s, '', %s, now())",
            [scene.pk, scene.leader.person.pk], "permission denied",
        ),
        (
            "SELECT projects_sign(gen_random_uuid(), %s, NULL, 'go', 'x', NULL, NULL, %s, now())",
            [gate.pk, scene.approver.person.pk], "not_in_review",
        ),
    ]  # fmt: skip
    for sql, arguments, words in attempts:
        with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, arguments)
    assert money(scene.pk)[0] == D(3000000)
    assert ProjectStart.objects.count() == 1
    scene.submit("rd", "300")
    scene.found("rd")
    package = gate.packages.get().pk
    for person, words in ((scene.leader.person, "not_an_approver"), (factories.operator().person, "not_an_approver")):
        with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT projects_sign(gen_random_uuid(), %s, %s, 'go', 'x', NULL, NULL, %s, now())",
                [gate.pk, package, person.pk],
            )
    assert not GateDecision.objects.exists()


@pytest.mark.req("R087")
def test_two_approvers_at_one_instant_have_one_effect(db: str, in_threads: Any) -> None:
    scene = Scene().started()
    scene.submit("rd", "300")
    scene.found("rd")
    approvers = [scene.approver, factories.approver()]
    gate = scene.gate("rd").pk
    results = in_threads(
        2, lambda n: gate_actions.decide_gate(actor=approvers[n], gate_id=gate, outcome="go", reason="通过")
    )
    assert sorted(isinstance(one, GateDecision) for one in results) == [False, True]
    assert all(isinstance(one, GateDecision | Refusal) for one in results)
    assert money(scene.pk) == (D(6000000), D(4000000), D(0))
    assert GateDecision.objects.count() == 1
    assert verify().is_sound


@pytest.mark.req("R087")
def test_a_missed_indicator_a_no_or_no_finding_makes_a_go_impossible(db: str) -> None:
    scene = Scene().started()
    scene.submit("rd", "300")
    with pytest.raises(Blocked, match="不能通过"):
        scene.decide("rd")
    scene.found("rd", is_met=False, recommendation="recycle")
    with pytest.raises(Blocked) as refused:
        scene.decide("rd")
    assert len(refused.value.missing) == 3
    with pytest.raises(Blocked):
        scene.decide("rd", "conditional", conditions=[])
    scene.decide("rd", "recycle", review_on=clock.today() + dt.timedelta(days=30))
    gate = scene.gate("rd")
    assert (gate.state, gate.attempt) == ("open", 2)
    scene.submit("rd", "100")
    assert not gate.findings.filter(voided_at__isnull=True).exists()
    scene.found("rd")
    with pytest.raises(Blocked) as refused:
        scene.decide("rd")
    assert len(refused.value.missing) == 1
    assert money(scene.pk)[0] == D(3000000)


@pytest.mark.req("R087")
def test_conditions_hold_the_money_until_the_last_is_met_and_lapse_when_late(db: str, frozen_clock: Any) -> None:
    scene = Scene().started()
    scene.submit("rd", "300")
    scene.found("rd")
    due = clock.today() + dt.timedelta(days=10)
    rows = [
        {"text": text, "owner": scene.supplier.organisation_id, "due_on": due}
        for text in ("补稳定性试验", "补专利检索")
    ]
    decision = scene.decide("rd", "conditional", conditions=rows)
    first, second = decision.conditions.all()
    assert money(scene.pk)[0] == D(3000000)
    gate_actions.close_condition(actor=scene.approver, condition_id=first.pk, evidence="报告 1")
    assert money(scene.pk)[0] == D(3000000)
    frozen_clock.move(days=11)
    assert (lapse_conditions(), lapse_conditions()) == (1, 0)
    assert scene.gate("rd").state == "frozen"
    with pytest.raises(WrongState):
        gate_actions.close_condition(actor=scene.approver, condition_id=second.pk, evidence="晚了")
    scene.submit("rd", "301")
    scene.found("rd")
    rows = [{"text": "补检索", "owner": scene.supplier.organisation_id, "due_on": clock.today() + dt.timedelta(days=5)}]
    again = scene.decide("rd", "conditional", conditions=rows)
    gate_actions.close_condition(actor=scene.approver, condition_id=again.conditions.get().pk, evidence="报告 2")
    assert scene.gate("rd").state == "passed"
    assert money(scene.pk)[0] == D(6000000)


@pytest.mark.req("R087")
def test_nobody_with_a_part_decides_or_reviews(db: str) -> None:
    scene = Scene().started()
    scene.submit("rd", "300")
    scene.found("rd")
    operator_home = scene.approver.organisation
    two_hats = factories.actor(operator_home, roles=["approver"], person_=scene.supplier.person)
    with pytest.raises(NotAllowed):
        gate_actions.decide_gate(actor=two_hats, gate_id=scene.gate("rd").pk, outcome="go", reason="x")
    with pytest.raises(NotAllowed):
        gate_actions.decide_gate(actor=scene.leader, gate_id=scene.gate("rd").pk, outcome="go", reason="x")
    insider = factories.actor(scene.supplier.organisation, roles=[])
    seat = gate_actions.invite_gate_reviewer(
        actor=scene.operator, gate_id=scene.gate("rd").pk, person=insider.person.pk
    )
    assert seat.state == "conflicted"
    with pytest.raises(NotFound):
        gate_actions.record_finding(
            actor=insider, gate_id=scene.gate("rd").pk, answers=[], recommendation="go", text="x"
        )


def test_due_gates_are_summoned_once(db: str, frozen_clock: Any) -> None:
    from core.inbox.models import Notification, Task

    scene = Scene().started()
    assert open_due_gate_reviews() == 0
    frozen_clock.move(days=54)
    assert (open_due_gate_reviews(), open_due_gate_reviews()) == (1, 1)
    assert Task.objects.filter(kind="submit_package").count() == 1
    frozen_clock.move(days=10)
    open_due_gate_reviews()
    open_due_gate_reviews()
    assert Notification.objects.filter(kind="gate_overdue", person=scene.operator.person).count() == 1
