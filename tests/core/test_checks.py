"""Checks guard, watch, clear and can be muted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import checks
from core.accounts.models import Organisation
from core.checks import actions
from core.checks.models import Alert
from core.checks.queries import open_alerts
from core.checks.states import AlertState
from core.errors import Blocked, Missing
from core.inbox.models import Notification
from tests import factories


@checks.check(
    "T01", title="no introduction", guards=["tests.open_door"], watches=lambda: Organisation.objects.filter(name="客栈")
)
def no_introduction(obj: Organisation, **about: Any) -> Iterator[checks.Hit]:
    if not obj.intro:
        yield checks.Hit(
            obj,
            rule="no introduction",
            numbers={"length": 0},
            tell=[obj],
            clears="write one",
            missing=Missing("the introduction", who="its admin", link="/edit/"),
        )


@checks.check("T02", title="no address", guards=["tests.open_door"])
def no_address(obj: Organisation, **about: Any) -> Iterator[checks.Hit]:
    if not obj.address:
        yield checks.Hit(obj, rule="no address")


def test_a_guard_lists_exactly_what_is_missing_and_who_can_mend_it(db: Any) -> None:
    row = factories.organisation("客栈")
    with pytest.raises(Blocked) as refused:
        checks.guard("tests.open_door", row)
    assert [one.rule for one in refused.value.missing] == ["T01", "T02"]
    assert refused.value.missing[0].who == "its admin"
    row.intro = row.address = "x"
    checks.guard("tests.open_door", row)
    checks.guard("tests.another_door", row)


def test_an_alert_is_raised_once_told_once_and_clears_by_itself(db: Any) -> None:
    row = factories.organisation("客栈")
    factories.member(row)
    checks.watch({"T01"})
    checks.watch({"T01"})
    alert = Alert.objects.get()
    assert (alert.code, alert.state, alert.numbers) == ("T01", AlertState.TOLD, {"length": 0})
    assert Notification.objects.count() == 1
    row.intro = "warm beds"
    row.save()
    checks.watch({"T01"})
    alert.refresh_from_db()
    assert alert.state == AlertState.CLEARED and alert.cleared_at


def test_a_muted_alert_stays_muted_while_its_cause_lasts(db: Any) -> None:
    row = factories.organisation("客栈")
    actor = factories.actor(row)
    checks.watch({"T01"})
    actions.mute_alert(actor=actor, alert_id=Alert.objects.get().pk, reason="we are a ruin")
    checks.watch({"T01"})
    assert not open_alerts(actor).exists() and Alert.objects.get().state == AlertState.TOLD
    row.intro = "x"
    row.save()
    checks.watch({"T01"})
    row.intro = ""
    row.save()
    checks.watch({"T01"})
    assert sorted(Alert.objects.values_list("state", flat=True)) == ["cleared", "told"]


def test_a_stranger_neither_sees_nor_mutes_an_alert(db: Any) -> None:
    from core.errors import NotFound

    row = factories.organisation("客栈")
    checks.watch({"T01"})
    with pytest.raises(NotFound):
        actions.mute_alert(actor=factories.actor(factories.organisation()), alert_id=Alert.objects.get().pk, reason="x")
    assert Alert.objects.get().object_id == row.pk
