"""Whom an alert concerns: each organisation is silent for itself, others are told when they come in, and no look undoes another."""

from __future__ import annotations

import datetime as dt
import importlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test import Client

from core import checks, clock
from core.accounts.models import Organisation
from core.book.models import Body
from core.checks import actions
from core.checks.models import Alert, Mute
from core.checks.queries import alerts_visible_to, open_alerts
from core.checks.states import AlertState
from core.errors import NotFound, WrongState
from core.inbox.models import Notification
from tests import factories

TOLD: dict[str, Any] = {}
BEFORE_LOOKING: list[Any] = []


def _watched() -> list[Organisation]:
    rows = list(Organisation.objects.filter(name__startswith="欠款"))
    for wait in BEFORE_LOOKING:
        wait()
    return rows


@checks.check("T28", title="late", watches=_watched)
def late(obj: Organisation, **about: Any) -> Iterator[checks.Hit]:
    told = [one for one in TOLD.get("organisations", []) if one is not None]
    yield checks.Hit(obj, rule="late", tell=told, tell_operator=TOLD.get("operator", False))


def look() -> int:
    return checks.watch({"T28"})


class Scene:
    """A fund manager and a debtor, both told, and the operator."""

    def __init__(self) -> None:
        self.manager = factories.actor(factories.organisation("基金管理人"))
        self.debtor = factories.actor(factories.organisation("债务人"))
        self.operator = factories.operator()
        factories.organisation("欠款一")
        TOLD.update(organisations=[self.manager.organisation, self.debtor.organisation], operator=False)
        BEFORE_LOOKING.clear()

    def alert(self) -> Alert:
        return Alert.objects.get(code="T28")

    def standing(self, actor: Any) -> list[str]:
        return [one.standing for one in alerts_visible_to(actor)]  # type: ignore[attr-defined]

    def told(self, actor: Any) -> int:
        return Notification.objects.filter(kind="alert", person=actor.person).count()


@pytest.fixture
def scene(db: str) -> Iterator[Scene]:
    yield Scene()
    TOLD.clear()
    BEFORE_LOOKING.clear()


def browser_of(actor: Any, language: str = "zh-hans") -> Client:
    actor.person.language = language
    actor.person.save(update_fields=["language"])
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(actor.person)
    return browser


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "谁认为是误报"), ("en", "Who calls it a false alarm")])
def test_whoever_mutes_silences_no_other_who_was_told(scene: Scene, language: str, words: str) -> None:
    look()
    alert, manager, debtor = scene.alert(), browser_of(scene.manager, language), browser_of(scene.debtor)
    muted = debtor.post(f"/alerts/{alert.pk}/mute/", {"reason": "与我无关"})
    assert muted.status_code == 302, muted.content.decode()[:2000]
    assert (scene.standing(scene.debtor), scene.standing(scene.manager)) == (["muted"], ["told"])
    assert (open_alerts(scene.debtor).count(), open_alerts(scene.manager).count()) == (0, 1)
    assert "欠款一" in manager.get("/alerts/").content.decode()
    assert "欠款一" not in debtor.get("/alerts/").content.decode()
    assert "欠款一" in debtor.get("/alerts/?tab=muted").content.decode()
    assert "欠款一" not in manager.get("/alerts/?tab=muted").content.decode()
    page = manager.get(f"/alerts/{alert.pk}/").content.decode()
    assert all(one in page for one in (words, "债务人", "与我无关", str(scene.debtor.person)))
    assert f"/alerts/{alert.pk}/mute/" in page and f"/alerts/{alert.pk}/unmute/" not in page
    with pytest.raises(WrongState):
        actions.unmute_alert(actor=scene.manager, alert_id=alert.pk)
    with pytest.raises(WrongState):
        actions.mute_alert(actor=scene.debtor, alert_id=alert.pk, reason="again")
    actions.mute_alert(actor=scene.manager, alert_id=alert.pk, reason="paid by now")
    actions.unmute_alert(actor=scene.debtor, alert_id=alert.pk)
    assert (scene.standing(scene.debtor), scene.standing(scene.manager)) == (["told"], ["muted"])
    look()
    assert (scene.told(scene.debtor), scene.told(scene.manager)) == (2, 1), "only who spoke again is told again"


def test_by_rest_each_reads_its_own_state_and_who_of_the_others_muted_it(scene: Scene, api: Any) -> None:
    look()
    alert = scene.alert()
    debtor, manager = api.as_person(scene.debtor.person), api.as_person(scene.manager.person)
    until = (clock.now() + dt.timedelta(days=2)).isoformat()
    answer = debtor.post(f"alerts/{alert.pk}/mute/", {"reason": "ours is paid", "until": until})
    assert (answer.status_code, answer.data["state"], answer.data["mute_reason"]) == (200, "muted", "ours is paid")
    row = manager.get(f"alerts/{alert.pk}/").data
    assert (row["state"], row["mute_reason"]) == ("told", "")
    assert [(one["organisation"]["name"], one["reason"]) for one in row["mutes"]] == [("债务人", "ours is paid")]
    for door, state, count in ((manager, "muted", 0), (debtor, "muted", 1), (manager, "told", 1), (debtor, "told", 0)):
        assert len(door.get(f"alerts/?state={state}").data["results"]) == count
    assert len(debtor.get("alerts/?state__in=told,muted").data["results"]) == 1


def test_a_silence_that_is_over_is_over_for_its_organisation_alone(scene: Scene, frozen_clock: Any) -> None:
    TOLD["operator"] = True
    look()
    alert = scene.alert()
    for actor, days in ((scene.debtor, 1), (scene.operator, 2)):
        until = clock.now() + dt.timedelta(days=days)
        actions.mute_alert(actor=actor, alert_id=alert.pk, reason="soon", until=until)
    frozen_clock.move(days=1, minutes=1)
    look()
    assert (scene.standing(scene.debtor), scene.standing(scene.operator)) == (["told"], ["muted"])
    assert [scene.told(one) for one in (scene.debtor, scene.operator, scene.manager)] == [2, 1, 1]
    frozen_clock.move(days=1)
    look()
    assert [scene.told(one) for one in (scene.debtor, scene.operator, scene.manager)] == [2, 2, 1]


def test_whom_it_concerns_later_is_told_and_whom_it_does_not_sees_it_no_more(scene: Scene, frozen_clock: Any) -> None:
    look()
    alert, newcomer = scene.alert(), factories.actor(factories.organisation("新管理人"))
    actions.mute_alert(actor=scene.debtor, alert_id=alert.pk, reason="no")
    TOLD.update(organisations=[newcomer.organisation, scene.manager.organisation], operator=True)
    frozen_clock.move(minutes=5)
    look()
    look()
    assert [scene.told(one) for one in (newcomer, scene.operator, scene.manager, scene.debtor)] == [1, 1, 1, 1]
    assert not alerts_visible_to(scene.debtor).exists()
    assert not Mute.objects.exists()
    with pytest.raises(NotFound):
        actions.mute_alert(actor=scene.debtor, alert_id=alert.pk, reason="still mine")
    assert browser_of(newcomer).get(f"/alerts/{alert.pk}/").status_code == 200
    assert Body.objects.filter(object_id=alert.pk, operation="tell_others").count() == 1
    TOLD["operator"] = False
    look()
    assert not alerts_visible_to(scene.operator).exists()


def test_two_looks_at_once_clear_nothing_that_is_true(scene: Scene) -> None:
    looking, go = threading.Event(), threading.Event()

    def hold() -> None:
        if not looking.is_set():
            looking.set()
            go.wait(20)

    def one_look() -> None:
        try:
            look()
        finally:
            connections.close_all()

    BEFORE_LOOKING.append(hold)
    first = threading.Thread(target=one_look, daemon=True)
    first.start()
    assert looking.wait(20)
    factories.organisation("欠款二")
    second = threading.Thread(target=one_look, daemon=True)
    second.start()
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0] or not second.is_alive():
                break
        second.join(0.05)
    go.set()
    first.join(20)
    second.join(20)
    rows = dict(Alert.objects.filter(code="T28").values_list("object_label", "state"))
    assert rows == {"欠款一": AlertState.TOLD, "欠款二": AlertState.TOLD}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] == 0


def test_silences_of_before_hold_for_all_who_were_told(scene: Scene) -> None:
    TOLD["operator"] = True
    look()
    Alert.objects.update(state="muted", muted_by=scene.debtor.person, mute_reason="an old word")
    moved = importlib.import_module("core.checks.migrations.0003_carry_mutes_over")
    moved.carry_over(apps, None)
    for actor in (scene.manager, scene.debtor, scene.operator):
        assert scene.standing(actor) == ["muted"]
    assert scene.alert().state == AlertState.TOLD
    moved.bring_back(apps, None)
    assert (scene.alert().state, scene.alert().mute_reason) == (AlertState.MUTED, "an old word")


def test_whoever_acts_for_nobody_finds_an_empty_desk(scene: Scene, api: Any) -> None:
    alone = factories.actor(None)
    look()
    assert browser_of(alone).get("/alerts/").status_code == 200
    assert browser_of(alone).get("/alerts/?state=muted&tab=history").status_code == 200
    assert api.as_person(alone.person).get("alerts/?state=muted").data["results"] == []
