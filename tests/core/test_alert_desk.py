"""The desk of alerts: tabs, silence with an end, storms in one notice, thresholds per chain with who changed them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils.translation import gettext_lazy, override

from core import checks, clock
from core.accounts.models import Organisation
from core.book.models import Body
from core.checks import actions, services
from core.checks.models import Alert, AlertTold, Mute, ThresholdChange
from core.checks.queries import alerts_visible_to
from core.checks.states import AlertState, Severity
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox.models import Notification
from tests import factories

CHAIN_OF: dict[Any, Any] = {}


@checks.check(
    "T09",
    title=gettext_lazy("Overdue"),
    watches=lambda: Organisation.objects.filter(name__startswith="静默"),
    severity=Severity.CRITICAL,
    figures={"days": "Quiet days"},
    chain_of=lambda obj: CHAIN_OF.get(obj.pk),
    thresholds=[checks.Threshold("quiet_days", "Days of quiet", 30, unit="days", low=1, high=90)],
)
def too_quiet(obj: Organisation, **about: Any) -> Iterator[checks.Hit]:
    days = int(obj.intro or 0)
    limit = checks.threshold("T09", "quiet_days", CHAIN_OF.get(obj.pk))
    if days >= limit:
        told = Organisation.objects.filter(name="听者")
        yield checks.Hit(
            obj, rule=f"quiet for {days} days", numbers={"days": days, "limit": limit}, tell=[*told], clears="speak"
        )


def quiet(count: int, days: int = 40) -> list[Organisation]:
    start = Organisation.objects.count()
    return [factories.organisation(f"静默{start + number}", intro=str(days)) for number in range(count)]


def look() -> int:
    return checks.watch({"T09"})


class Scene:
    def __init__(self) -> None:
        CHAIN_OF.clear()
        self.listener = factories.organisation("听者")
        self.reader = factories.actor(self.listener)
        self.leader = factories.actor(factories.organisation("链主"))
        self.chain = factories.chain("链", leader=self.leader.organisation)
        self.other_chain = factories.chain("别的链")
        self.browser = Client()
        self.browser.force_login(self.reader.person)

    def standing(self, actor: Any = None) -> set[str]:
        return {one.standing for one in alerts_visible_to(actor or self.reader)}  # type: ignore[attr-defined]

    def notices(self) -> list[Notification]:
        return list(Notification.objects.filter(kind="alert", person=self.reader.person).order_by("created_at"))


@pytest.fixture
def scene(db: str) -> Scene:
    return Scene()


@pytest.mark.req("R028")
def test_the_desk_has_tabs_with_counts_filters_and_everything_about_one_alert(scene: Scene) -> None:
    first, second, third = quiet(3)
    CHAIN_OF[first.pk] = scene.chain.pk
    look()
    by_object = {one.object_id: one for one in Alert.objects.all()}
    actions.mute_alert(actor=scene.reader, alert_id=by_object[second.pk].pk, reason="they sleep")
    Organisation.objects.filter(pk=third.pk).update(intro="0")
    look()
    page = scene.browser.get("/alerts/").content.decode()
    assert first.name in page
    assert second.name not in page
    for tab, name in (("muted", second.name), ("cleared", third.name)):
        text = scene.browser.get(f"/alerts/?tab={tab}").content.decode()
        assert name in text
        assert first.name not in text
    everything = scene.browser.get("/alerts/?tab=history").content.decode()
    assert all(one.name in everything for one in (first, second, third))
    narrowed = scene.browser.get(f"/alerts/?chain={scene.chain.pk}&severity=critical&code=T09&age=day").content.decode()
    assert first.name in narrowed
    assert first.name not in scene.browser.get("/alerts/?age=older").content.decode()
    assert first.name not in scene.browser.get(f"/alerts/?chain={scene.other_chain.pk}").content.decode()
    one = scene.browser.get(f"/alerts/{by_object[first.pk].pk}/").content.decode()
    for words in ("Quiet days", "40", "speak", str(scene.reader.person), "链"):
        assert words in one
    assert Body.objects.filter(object_id=by_object[third.pk].pk).count() == 2  # raised, cleared
    assert "Quiet days 40" in scene.browser.get("/alerts/?file=csv").content.decode()


def test_silence_has_an_end_and_then_everybody_is_told_again(scene: Scene, frozen_clock: Any) -> None:
    quiet(1)
    look()
    alert = Alert.objects.get()
    with pytest.raises(Invalid) as told:
        actions.mute_alert(actor=scene.reader, alert_id=alert.pk, reason="x", until=clock.now())
    assert "until" in told.value.fields
    actions.mute_alert(
        actor=scene.reader, alert_id=alert.pk, reason="a holiday", until=clock.now() + dt.timedelta(days=2)
    )
    frozen_clock.move(days=1)
    look()
    assert (scene.standing(), len(scene.notices())) == ({AlertState.MUTED}, 1)
    frozen_clock.move(days=1, minutes=1)
    look()
    look()
    assert (scene.standing(), len(scene.notices())) == ({AlertState.TOLD}, 2)


def test_a_muted_alert_speaks_again_when_asked(scene: Scene, frozen_clock: Any) -> None:
    quiet(1)
    look()
    alert = Alert.objects.get()
    with pytest.raises(WrongState):
        actions.unmute_alert(actor=scene.reader, alert_id=alert.pk)
    actions.mute_alert(actor=scene.reader, alert_id=alert.pk, reason="x")
    frozen_clock.move(minutes=1)
    assert scene.browser.post(f"/alerts/{alert.pk}/unmute/").status_code == 302
    look()
    assert (scene.standing(), len(scene.notices())) == ({AlertState.TOLD}, 2)
    stranger = factories.actor(factories.organisation())
    with pytest.raises(NotFound):
        actions.unmute_alert(actor=stranger, alert_id=alert.pk)


def test_whoever_has_left_is_told_no_more(scene: Scene, frozen_clock: Any) -> None:
    gone, late = factories.member(scene.listener), factories.member(scene.listener)
    quiet(1)
    look()
    alert = Alert.objects.get()
    assert Notification.objects.filter(kind="alert").count() == 3
    for person in (gone, late):
        person.memberships.update(is_active=False, left_at=clock.now())
    actions.mute_alert(
        actor=scene.reader, alert_id=alert.pk, reason="x", until=clock.now() + dt.timedelta(days=1)
    )  # its end comes by itself
    AlertTold.objects.filter(person=late).update(told_at=None)  # as if a round had broken off before
    frozen_clock.move(days=1, minutes=1)
    look()
    assert not AlertTold.objects.filter(person=late).exists()
    AlertTold.objects.create(alert=alert, person=late)  # the round broke off, and then they left
    look()
    assert not AlertTold.objects.filter(person=late).exists()
    actions.mute_alert(actor=scene.reader, alert_id=alert.pk, reason="x")
    frozen_clock.move(minutes=1)
    actions.unmute_alert(actor=scene.reader, alert_id=alert.pk)
    look()
    assert (scene.standing(), len(scene.notices())) == ({AlertState.TOLD}, 3)
    assert Notification.objects.filter(kind="alert", person__in=[gone, late]).count() == 2, (
        "once each, while they were in it"
    )
    assert AlertTold.objects.get(person=gone).told_at is not None, "the page still says who was told then"


def test_a_notice_names_the_object_and_is_found_by_it(scene: Scene) -> None:
    first, _second = quiet(2)
    look()
    found = scene.browser.get(f"/api/v1/notifications/?object_id={first.pk}").json()["results"]
    assert [(one["object_type"], one["object_id"]) for one in found] == [("accounts.organisation", str(first.pk))]


def test_a_storm_is_read_in_the_reader_s_language(scene: Scene, frozen_clock: Any) -> None:
    quiet(7)
    look()
    frozen_clock.move(minutes=1)
    quiet(1)
    look()
    (notice,) = scene.notices()
    assert notice.params["count"] == 8
    with override("en"):
        assert notice.sentence == "8 alerts T09 at once: Overdue"
    with override("zh-hans"):
        assert "8" in notice.sentence and "逾期" in notice.sentence


def test_the_page_names_one_s_own_people_and_counts_the_others(scene: Scene, frozen_clock: Any) -> None:
    second = factories.actor(factories.organisation("听者二"))
    Organisation.objects.filter(pk=second.organisation.pk).update(name="听者")
    left = factories.member(scene.listener, name="离开的人")
    for number in range(10):
        factories.member(scene.listener, name=f"同事{number}")
    quiet(1)
    frozen_clock.move(minutes=1)
    look()
    frozen_clock.move(minutes=1)
    left.memberships.update(is_active=False, left_at=clock.now())
    frozen_clock.move(minutes=1)
    factories.actor(second.organisation, person_=left)
    place = f"/alerts/{Alert.objects.get().pk}/"
    theirs = Client()
    theirs.force_login(second.person)
    page = theirs.get(place).content.decode()
    assert str(second.person) in page
    assert "同事" not in page and str(scene.reader.person) not in page
    assert left.name not in page, "whoever came to them later was told elsewhere"
    assert "12 人" in page and "1 人" in page
    mine = [scene.browser.get(f"{place}?page={number}").content.decode() for number in (1, 2)]
    assert [one.count("同事") + one.count(left.name) for one in mine] in ([9, 2], [10, 1], [11, 0])
    assert str(scene.reader.person) in "".join(mine) and str(second.person) not in "".join(mine)
    rows = scene.browser.get(f"{place}?file=csv").content.decode().splitlines()
    assert len(rows) == 13 and str(second.person) not in "".join(rows)
    assert scene.browser.get(f"{place}?how=waits").content.decode().count("同事") == 0
    Alert.objects.update(to_operator=True)
    operator = Client()
    operator.force_login(factories.operator().person)
    everybody = operator.get(f"{place}?file=csv").content.decode().splitlines()
    assert len(everybody) == 14 and str(second.person) in "".join(everybody)


def test_several_are_muted_at_once_or_none(scene: Scene) -> None:
    quiet(3)
    look()
    ids = [str(pk) for pk in Alert.objects.values_list("pk", flat=True)]
    page = scene.browser.get("/alerts/mute/?code=T09").content.decode()
    assert all(pk in page for pk in ids)
    refused = scene.browser.post("/alerts/mute/?code=T09", {"alert_ids": ids[:2], "reason": ""})
    assert refused.status_code == 422
    assert not Mute.objects.exists()
    assert (
        scene.browser.post("/alerts/mute/", {"alert_ids": ids[:2], "reason": "a test of the siren"}).status_code == 302
    )
    assert Mute.objects.filter(organisation=scene.listener, reason="a test of the siren").count() == 2
    hidden = Alert.objects.get(mutes=None)
    hidden.organisations.clear()
    muted = Alert.objects.exclude(mutes=None).first()
    actions.unmute_alert(actor=scene.reader, alert_id=muted.pk)
    with pytest.raises(NotFound):
        actions.mute_alerts(actor=scene.reader, alert_ids=[muted.pk, hidden.pk], reason="x")
    assert not muted.mutes.exists()


def test_a_storm_is_one_notice_that_grows_and_a_second_wave_after_a_calm_tells_again(
    scene: Scene, frozen_clock: Any
) -> None:
    quiet(40)
    look()
    (notice,) = scene.notices()
    assert notice.params["count"] == 40
    assert notice.link == "/alerts/?code=T09"
    assert AlertTold.objects.filter(person=scene.reader.person, told_at__isnull=False, is_folded=True).count() == 40
    assert set(Alert.objects.values_list("state", flat=True)) == {AlertState.TOLD}
    Notification.objects.update(read_at=clock.now())
    frozen_clock.move(minutes=30)
    quiet(3)
    look()
    (notice,) = scene.notices()
    assert (notice.params["count"], notice.read_at) == (43, None)
    frozen_clock.move(minutes=61)
    look()
    assert len(scene.notices()) == 1
    quiet(2)
    look()
    assert len(scene.notices()) == 3
    frozen_clock.move(hours=2)
    quiet(7)
    look()
    assert [one.params.get("count") for one in scene.notices()] == [43, None, None, 7]
    assert AlertTold.objects.filter(told_at__isnull=True).count() == 0


def test_a_few_come_one_by_one_and_what_follows_before_the_calm_is_folded(scene: Scene, frozen_clock: Any) -> None:
    quiet(3)
    look()
    assert len(scene.notices()) == 3
    frozen_clock.move(minutes=5)
    quiet(3)
    look()
    assert len(scene.notices()) == 4
    assert scene.notices()[-1].params["count"] == 6


def test_nobody_is_lost_when_telling_breaks_off(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet(2)
    monkeypatch.setattr(services.inbox, "notify", lambda **_told: (_ for _ in ()).throw(OSError("no inbox")))
    with pytest.raises(OSError, match="no inbox"):
        look()
    assert set(Alert.objects.values_list("state", flat=True)) == {AlertState.RAISED}
    monkeypatch.undo()
    look()
    assert len(scene.notices()) == 2
    assert set(Alert.objects.values_list("state", flat=True)) == {AlertState.TOLD}


def change(scene: Scene, value: Any, actor: Any = None, **more: Any) -> ThresholdChange:
    values = {
        "chain_id": scene.chain.pk,
        "code": "T09",
        "name": "quiet_days",
        "reason": "our season",
        "value": value,
    } | more
    return actions.change_threshold(actor=actor or scene.leader, **values)


def test_a_chains_leader_sets_its_threshold_and_the_rule_follows(scene: Scene) -> None:
    mine, theirs = quiet(2, days=20)
    CHAIN_OF[mine.pk], CHAIN_OF[theirs.pk] = scene.chain.pk, scene.other_chain.pk
    assert look() == 0
    row = change(scene, Decimal(15))
    assert (row.before, row.value, row.person) == (30, 15, scene.leader.person)
    assert look() == 1
    assert Alert.objects.get().object_id == mine.pk
    assert Alert.objects.get().numbers == {"days": 20, "limit": "15"}
    change(scene, None, reason="back")
    assert look() == 0
    assert Alert.objects.get().state == AlertState.CLEARED
    assert Body.objects.filter(operation="change_threshold").count() == 2
    with pytest.raises(DatabaseError):
        ThresholdChange.objects.filter(pk=row.pk).update(reason="another")


@pytest.mark.parametrize(
    ("value", "more", "field"),
    [
        (Decimal(0), {}, "value"), (Decimal(91), {}, "value"), (Decimal("NaN"), {}, "value"), (Decimal(30), {}, "value"),
        (Decimal("1.00001"), {}, "value"), (Decimal(15), {"reason": " "}, "reason"),
    ],
)  # fmt: skip
def test_a_threshold_outside_its_limits_is_refused_beside_its_field(
    scene: Scene, value: Decimal, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        change(scene, value, **more)
    assert list(told.value.fields) == [field]
    assert not ThresholdChange.objects.exists()


def test_only_the_chains_leader_and_the_operator_set_thresholds(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        change(scene, Decimal(15), actor=scene.reader)
    with pytest.raises(NotAllowed):
        change(scene, Decimal(15), chain_id=scene.other_chain.pk)
    with pytest.raises(NotAllowed):
        change(scene, Decimal(15), actor=factories.actor(scene.leader.organisation, roles=["signatory"]))
    with pytest.raises(NotFound):
        change(scene, Decimal(15), code="T99")
    assert change(scene, Decimal(15), actor=factories.operator()).value == 15


def test_the_page_shows_value_default_limits_and_who_changed_what(scene: Scene) -> None:
    change(scene, Decimal(15), reason="春节前后")
    page = scene.browser.get(f"/alerts/thresholds/?chain={scene.chain.pk}").content.decode()
    for words in ("Days of quiet", "春节前后", str(scene.leader.person), "1–90"):
        assert words in page
    form = f"/alerts/thresholds/{scene.chain.pk}/T09/quiet_days/"
    rows = scene.browser.get(f"/alerts/thresholds/?chain={scene.chain.pk}&file=csv").content.decode().splitlines()
    assert len(rows) == 2
    assert all(words in rows[1] for words in ("T09", "Days of quiet", "30", "15", "春节前后", str(scene.leader.person)))
    assert form not in page
    assert scene.browser.get(form).status_code == 403
    leader = Client()
    leader.force_login(scene.leader.person)
    assert form in leader.get(f"/alerts/thresholds/?chain={scene.chain.pk}").content.decode()
    refused = leader.post(form, {"value": "9１", "reason": "留着我"})
    assert refused.status_code == 422
    assert "留着我" in refused.content.decode()
    assert leader.post(form, {"value": "２０", "reason": "new season"}).status_code == 302
    assert checks.threshold("T09", "quiet_days", scene.chain.pk) == 20
    assert checks.threshold("T09", "quiet_days") == 30


def test_rest_mutes_unmutes_and_sets_thresholds(scene: Scene) -> None:
    quiet(2)
    look()
    ids = [str(pk) for pk in Alert.objects.values_list("pk", flat=True)]
    listed = scene.browser.get("/api/v1/alerts/?severity=critical&state=told").json()["results"]
    assert {one["id"] for one in listed} == set(ids)
    until = (clock.now() + dt.timedelta(days=1)).isoformat()
    muted = scene.browser.post(
        "/api/v1/alerts/mute_many/",
        {"alert_ids": ids, "reason": "test", "until": until},
        content_type="application/json",
    )
    assert [one["state"] for one in muted.json()] == ["muted", "muted"], muted.content
    again = scene.browser.post(f"/api/v1/alerts/{ids[0]}/unmute/", {}, content_type="application/json")
    assert again.json()["state"] == "told"
    leader = Client()
    leader.force_login(scene.leader.person)
    body = {"chain_id": str(scene.chain.pk), "code": "T09", "name": "quiet_days", "value": "12.5", "reason": "x"}
    changed = leader.post("/api/v1/thresholds/change/", body, content_type="application/json")
    assert (changed.status_code, changed.json()["value"]) == (200, "12.5"), changed.content
    assert scene.browser.post("/api/v1/thresholds/change/", body, content_type="application/json").status_code == 403
    rows = scene.browser.get(f"/api/v1/thresholds/?chain_id={scene.chain.pk}").json()
    assert next(one for one in rows if one["code"] == "T09")["last"]["reason"] == "x"
    history = scene.browser.get(f"/api/v1/thresholds/history/?chain_id={scene.chain.pk}&page_size=1").json()
    assert [(one["before"], one["value"]) for one in history["results"]] == [("30", "12.5")]
    assert scene.browser.get("/api/v1/thresholds/?chain_id=x").status_code == 400
