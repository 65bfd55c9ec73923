"""Whoever gives up a seat gets nothing more of the organisation, and what they leave waits for those who stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

from core import clock
from core.accounts import actions as accounts
from core.accounts import lifecycle
from core.accounts.actor import Actor
from core.accounts.models import Membership
from core.inbox import actions, services
from core.inbox.models import Absence, Notification, Task
from core.inbox.tasks import mail_notifications, remind
from tests import factories

NOW = dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 25)


class Office:
    """An admin, two signatories, and a task for signatories that is due tomorrow."""

    def __init__(self, frozen_clock: Any) -> None:
        frozen_clock.set(NOW)
        self.organisation = factories.organisation("甲公司")
        self.boss = factories.actor(self.organisation, roles=["admin"], name="主管")
        self.ann, self.bob = (
            factories.actor(self.organisation, roles=["signatory"], name=name) for name in ("安", "白")
        )
        self.task = self.asked("t", organisation=self.organisation, role="signatory")

    def asked(self, key: str, **more: Any) -> Task:
        due = NOW + dt.timedelta(hours=20)
        return services.open_task(kind="close_need", title=f"Sign {key}", key=key, due_at=due, link="/needs/", **more)

    def remove(self, who: Actor) -> None:
        seat = Membership.objects.get(person=who.person, organisation=self.organisation)
        accounts.remove_member(actor=self.boss, membership_id=seat.pk)

    def leave(self, who: Actor) -> None:
        seat = Membership.objects.get(person=who.person, organisation=self.organisation)
        lifecycle.leave_organisation(actor=who, membership_id=seat.pk)


@pytest.fixture
def office(db: str, frozen_clock: Any) -> Office:
    return Office(frozen_clock)


def receivers(mailbox: list[Any]) -> set[str]:
    return {address for message in mailbox for address in message.to}


@pytest.mark.parametrize("way", ["remove", "leave"])
def test_a_task_handed_on_is_reminded_to_those_who_stay(
    office: Office, mailbox: list[Any], frozen_clock: Any, way: str
) -> None:
    actions.hand_on_task(actor=office.ann, task_id=office.task.pk, to=office.bob.person.pk)
    mail_notifications()
    mailbox.clear()
    frozen_clock.move(minutes=1)
    getattr(office, way)(office.bob)
    office.task.refresh_from_db()
    assert office.task.holder is None
    mail_notifications()
    assert receivers(mailbox) == {office.ann.person.email}, "who stays hears that the task is theirs again"
    mailbox.clear()
    assert remind() == 1
    mail_notifications()
    assert receivers(mailbox) == {office.ann.person.email}


def test_mail_that_waited_for_the_morning_does_not_follow_who_has_left(
    office: Office, mailbox: list[Any], frozen_clock: Any
) -> None:
    mail_notifications()
    mailbox.clear()
    for one in (office.ann, office.bob):
        actions.edit_preferences(actor=one, changes={"quiet_from": dt.time(8), "quiet_to": dt.time(10)})
    office.asked("later", organisation=office.organisation, role="signatory")
    services.notify(kind="gate_decided", title="News", to=office.organisation, link="/projects/")
    office.remove(office.bob)
    frozen_clock.move(hours=3)
    mail_notifications()
    assert office.bob.person.email not in receivers(mailbox)
    assert [one.subject for one in mailbox if one.to == [office.ann.person.email]] == ["Sign later", "News"]
    # However a seat ends: what is asked at sending is whether there is one.
    services.notify(kind="gate_decided", title="More", to=office.organisation, link="/projects/")
    Membership.objects.filter(person=office.ann.person).update(is_active=False)
    mailbox.clear()
    mail_notifications()
    assert receivers(mailbox) == {office.boss.person.email}


def test_whoever_has_left_covers_for_nobody_and_nobody_for_them(office: Office, mailbox: list[Any]) -> None:
    actions.name_cover(actor=office.ann, cover=office.bob.person.pk, starts_on=DAY, ends_on=DAY + dt.timedelta(days=5))
    cara = factories.actor(office.organisation, roles=["signatory"], name="卡")
    dora = factories.actor(office.organisation, roles=["signatory"], name="朵")
    actions.name_cover(actor=cara, cover=dora.person.pk, starts_on=DAY, ends_on=DAY + dt.timedelta(days=5))
    mail_notifications()
    mailbox.clear()
    office.remove(office.bob)
    office.remove(cara)
    assert set(Absence.objects.values_list("ended_at", flat=True)) == {clock.now()}
    office.asked("new", organisation=office.organisation, role="signatory")
    mail_notifications()
    assert receivers(mailbox) == {office.ann.person.email, dora.person.email}
    told = Notification.objects.get(person=office.ann.person, kind="cover_named")
    with override("en"):
        assert told.sentence == "白 has left and no longer covers for you; name somebody else"
    with override("zh-hans"):
        assert "白 已离开机构，不再为您代办" in told.sentence
    # A cover whose seat ended without a word is not asked either.
    Absence.objects.filter(person=office.ann.person).update(ended_at=None)
    mailbox.clear()
    office.asked("newer", organisation=office.organisation, role="signatory")
    mail_notifications()
    assert office.bob.person.email not in receivers(mailbox)


@pytest.mark.parametrize(("keys", "link"), [(["p"], "/inbox/tasks/{pk}/"), (["p", "q"], "/inbox/?box=left")])
def test_what_was_asked_of_a_leaver_alone_goes_to_the_admins_who_hand_it_on(
    office: Office, client: Any, api: Any, mailbox: list[Any], keys: list[str], link: str
) -> None:
    left = [office.asked(key, organisation=office.organisation, person=office.bob.person) for key in keys]
    mail_notifications()
    mailbox.clear()
    assert api.as_person(office.boss.person).get(f"tasks/{left[0].pk}/").status_code == 404
    office.remove(office.bob)
    told = Notification.objects.get(kind="tasks_left")
    assert (told.person, told.link) == (office.boss.person, link.format(pk=left[0].pk))
    assert remind() == 1 + len(keys)
    mail_notifications()
    assert office.bob.person.email not in receivers(mailbox)
    assert {one.subject for one in mailbox if one.to == [office.boss.person.email]} >= {f"Sign {key}" for key in keys}
    assert api.as_person(office.ann.person).get(f"tasks/{left[0].pk}/").status_code == 404, "a colleague sees it not"
    client.sign_in(office.boss.person)
    assert "Sign p" in client.get("/inbox/?box=left").content.decode()
    page = client.get(f"/inbox/tasks/{left[0].pk}/").content.decode()
    assert "此人已离开机构" in page and f"/inbox/tasks/{left[0].pk}/hand-on/" in page
    sent = client.post(f"/inbox/tasks/{left[0].pk}/hand-on/", {"to": office.ann.person.pk, "note": "请接手"})
    assert sent.status_code == 302, sent.content.decode()[:2000]
    assert api.as_person(office.ann.person).get(f"tasks/{left[0].pk}/").data["holder"]["id"] == str(
        office.ann.person.pk
    )
    assert "Sign p" not in client.get("/inbox/?box=left").content.decode()
    client.sign_in(office.ann.person)
    inbox = client.get("/inbox/").content.decode()
    assert "Sign p" in inbox and "box=left" not in inbox


def test_a_seat_taken_again_takes_its_tasks_back(office: Office) -> None:
    from core.accounts import services as seats
    from core.inbox.queries import people_asked

    task = office.asked("p", organisation=office.organisation, person=office.bob.person)
    office.remove(office.bob)
    assert people_asked(task) == [office.boss.person]
    seats.seat(office.bob.person, office.organisation, ["signatory"])
    assert people_asked(task) == [office.bob.person]
