"""A chain's own figures in the rules of the rooms: whoever leads the chain sets them, and the rule follows (R005, R028, R083)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import checks, clock
from core.accounts.actor import Actor
from core.checks.models import Alert
from projects.actions import project as actions
from projects.models import Project
from tests import factories
from tests.factories import benefits as funds
from tests.factories.projects import Scene


def set_figure(api: Any, leader: Actor, chain: Any, rule: str, name: str, value: str) -> Any:
    body = {"chain_id": str(chain.pk), "code": rule, "name": name, "value": value, "reason": "本链的节奏"}
    return api.as_person(leader.person).post("thresholds/change/", body)


def shown(api: Any, reader: Actor, chain: Any, rule: str) -> Any:
    rows = api.as_person(reader.person).get(f"thresholds/?chain_id={chain.pk}").json()
    return next(row for row in rows if row["code"] == rule)


@pytest.mark.req("R005", "A02")
@pytest.mark.parametrize("wanted", [2, 3])
def test_a_chain_asks_for_more_than_one_shared_target(api: Any, wanted: int) -> None:
    scene = Scene()
    scene.communicate()
    scene.assign()
    scene.sign_shares()
    scene.share()
    chain = factories.chain(leader=scene.leader.organisation)
    Project.objects.filter(pk=scene.pk).update(chain=chain)
    row = shown(api, scene.leader, chain, "A02")
    assert (row["name"], row["value"], row["is_default"]) == ("shared_indicators", "1", True)
    assert set_figure(api, scene.institute, chain, "A02", "shared_indicators", "2").status_code == 403
    assert set_figure(api, scene.leader, chain, "A02", "shared_indicators", "1.5").status_code == 422
    assert set_figure(api, scene.leader, chain, "A02", "shared_indicators", str(wanted)).status_code == 200
    assert shown(api, scene.leader, chain, "A02")["last"]["person"] == str(scene.leader.person)
    door = api.as_person(scene.leader.person)
    contributions = [{"party": one.organisation_id, "text": "贡献"} for one in scene.parties]
    for number in range(1, wanted):
        refused = door.post(f"projects/{scene.pk}/start/")
        assert (refused.status_code, refused.json()["code"]) == (409, "a02")
        sentence = refused.json()["missing"][0]["what"]
        assert str(number) in sentence
        assert str(wanted) in sentence
        actions.add_indicator(
            actor=scene.leader, project_id=scene.pk, name=f"指标{number}", kind="threshold", operator="ge",
            target=Decimal(1), unit="kg", is_shared=True, contributions=contributions,
        )  # fmt: skip
    assert door.post(f"projects/{scene.pk}/start/").status_code == 200


@pytest.mark.req("R028", "A12")
@pytest.mark.parametrize("days", [10, 45])
def test_a_broken_chain_is_told_on_the_chain_s_own_day(api: Any, frozen_clock: Any, days: int) -> None:
    scene = Scene().started().passed("rd")
    chain = factories.chain(leader=scene.leader.organisation)
    Project.objects.filter(pk=scene.pk).update(chain=chain)
    assert set_figure(api, scene.leader, chain, "A12", "handover_days", str(days)).status_code == 200
    frozen_clock.move(days=days - 1)
    checks.watch({"A12"})
    assert not Alert.objects.filter(code="A12").exists()
    frozen_clock.move(days=1)
    checks.watch({"A12"})
    assert Alert.objects.get(code="A12").numbers == {"days": days, "limit": days}


@pytest.mark.req("R083", "A26")
@pytest.mark.parametrize(("grace", "parts"), [(7, ("40", "30", "30")), (20, ("50", "50"))])
def test_a_late_payment_is_told_after_the_chain_s_days_of_grace(
    api: Any, frozen_clock: Any, grace: int, parts: tuple[str, ...]
) -> None:
    leader = factories.actor(factories.organisation("链主"))
    chain, other = factories.chain(leader=leader.organisation), factories.chain()
    late = []
    for one in (chain, other):
        fund, manager, _parties = funds.fund(parts, chain=one.pk)
        late.append(funds.paid_call(fund, manager, unpaid=0).lines.get(state="due"))
    assert set_figure(api, leader, chain, "A26", "grace_days", str(grace)).status_code == 200
    frozen_clock.move(days=11)
    checks.watch({"A26"})
    assert Alert.objects.get(code="A26").object_id == late[1].pk, "the other chain keeps the default: no grace"
    frozen_clock.move(days=grace - 1)
    checks.watch({"A26"})
    assert not Alert.objects.filter(code="A26", object_id=late[0].pk).exists()
    frozen_clock.move(days=1)
    checks.watch({"A26"})
    alert = Alert.objects.get(code="A26", object_id=late[0].pk)
    assert (alert.numbers["days"], alert.numbers["limit"], alert.chain_id) == (grace + 1, grace, chain.pk)
    assert late[0].call.due_on < clock.today()
