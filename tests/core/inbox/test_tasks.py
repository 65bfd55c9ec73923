"""Tasks handed on to a colleague, and covered while somebody is away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.accounts import services as accounts
from core.accounts.actor import Actor
from core.accounts.models import Membership
from core.book.models import Body
from core.errors import NotAllowed, WrongState
from core.inbox import actions, services
from core.inbox.models import Absence, Notification, Task
from core.inbox.queries import tasks_for, tasks_visible_to, unread_count
from core.inbox.tasks import mail_notifications
from tests import factories

NOW = dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 25)


class Office:
    """An organisation with two signatories and a plain member, and a task for signatories."""

    def __init__(self) -> None:
        self.organisation = factories.organisation("甲公司")
        self.ann, self.bob = (
            factories.actor(self.organisation, roles=["signatory"], name=name) for name in ("安", "白")
        )
        self.cara = factories.actor(self.organisation, roles=["member"], name="卡")
        self.outsider = factories.actor(factories.organisation("乙公司"))
        self.task = self.asked("t")

    def asked(self, key: str, role: str = "signatory", **more: Any) -> Task:
        return services.open_task(
            kind="close_need", title=f"Sign {key}", key=key, organisation=self.organisation, role=role, link="/needs/", **more
        )  # fmt: skip

    def waiting(self, actor: Actor) -> list[str]:
        return [task.key for task in tasks_for(Actor.for_person(actor.person, actor.organisation))]


def test_a_task_handed_on_waits_for_its_new_holder_alone_and_the_history_shows_it(
    client: Any, mailbox: list[Any], frozen_clock: Any
) -> None:
    frozen_clock.set(NOW)
    office = Office()
    client.sign_in(office.ann.person)
    form = client.get(f"/inbox/tasks/{office.task.pk}/hand-on/").content.decode()
    assert "白" in form
    assert "卡" not in form, "a member without the role is not offered"
    answer = client.post(f"/inbox/tasks/{office.task.pk}/hand-on/", {"to": office.bob.person.pk, "note": "请今天签"})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert (office.waiting(office.ann), office.waiting(office.bob)) == ([], ["t"])
    page = client.get(f"/inbox/tasks/{office.task.pk}/").content.decode()
    for words in ("转交了待办", "请今天签", "白"):
        assert words in page
    others = client.get("/inbox/?box=others").content.decode()
    assert "Sign t" in others
    assert "Sign t" not in client.get("/inbox/").content.decode()
    told = Notification.objects.get(kind="task_handed_on")
    assert (told.person, told.body) == (office.bob.person, "请今天签")
    assert Body.objects.filter(operation="hand_on_task", object_id=office.task.pk).count() == 1


def test_a_program_hands_on_the_same_way_and_reads_the_history(api: Any) -> None:
    office = Office()
    door = api.as_person(office.ann.person)
    sent = {"to": str(office.bob.person.pk), "note": "over to you"}
    done = door.post(f"tasks/{office.task.pk}/hand_on/", sent, key="k1")
    assert done.status_code == 200, door.text(done)
    assert done.data["holder"]["id"] == str(office.bob.person.pk)
    assert door.post(f"tasks/{office.task.pk}/hand_on/", sent, key="k1").status_code == 200
    again = door.post(f"tasks/{office.task.pk}/hand_on/", sent)
    assert again.status_code == 422, "the holder has it already"
    entries = door.get(f"tasks/{office.task.pk}/history/").data["entries"]
    assert [(one["operation"], one["reason"]) for one in entries] == [("hand_on_task", "over to you")]
    stranger = api.as_person(office.outsider.person).post(f"tasks/{office.task.pk}/hand_on/", sent)
    assert stranger.status_code == 404


@pytest.mark.parametrize(("to", "words"), [("cara", "Signatory"), ("outsider", "members of"), ("nobody", "members of")])
def test_a_task_goes_only_to_a_member_who_may_do_it(api: Any, to: str, words: str) -> None:
    office = Office()
    receiver = {"cara": office.cara.person.pk, "outsider": office.outsider.person.pk}.get(to, office.task.pk)
    door = api.as_person(office.ann.person)
    answer = door.post(f"tasks/{office.task.pk}/hand_on/", {"to": str(receiver)}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert words in answer.data["errors"]["to"][0]
    assert answer.data["missing"][0]["link"] == "/accounts/members/"
    office.task.refresh_from_db()
    assert office.task.holder is None


def test_what_is_asked_of_a_person_stays_with_the_person_and_what_is_over_stays_over(db: str) -> None:
    office = Office()
    personal = services.open_task(kind="score_bids", title="Score", key="p", person=office.ann.person)
    with pytest.raises(NotAllowed) as refused:
        actions.hand_on_task(actor=office.ann, task_id=personal.pk, to=office.bob.person.pk)
    assert refused.value.code == "personal_task"
    services.close_tasks(key="t")
    with pytest.raises(WrongState):
        actions.hand_on_task(actor=office.ann, task_id=office.task.pk, to=office.bob.person.pk)


def test_a_holder_who_leaves_gives_the_task_back_to_the_role(db: str) -> None:
    office = Office()
    actions.hand_on_task(actor=office.ann, task_id=office.task.pk, to=office.bob.person.pk)
    assert office.waiting(office.ann) == []
    Membership.objects.filter(person=office.bob.person).update(is_active=False)
    assert office.waiting(office.ann) == ["t"]


def test_who_covers_sees_open_and_new_tasks_until_the_absence_ends_by_itself(
    client: Any, mailbox: list[Any], frozen_clock: Any
) -> None:
    frozen_clock.set(NOW)
    office = Office()
    client.sign_in(office.ann.person)
    form = {"cover": office.cara.person.pk, "starts_on": "2026-11-25", "ends_on": "2026-11-27", "note": "在出差"}
    answer = client.post("/inbox/absences/new/", form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    page = client.get(answer.headers["Location"]).content.decode()
    assert "属于这些角色的待办：签署人" in page
    office.asked("new")
    held = office.asked("held", role="member")
    actions.hand_on_task(actor=office.cara, task_id=held.pk, to=office.ann.person.pk)
    assert office.waiting(office.cara) == ["t", "new", "held"]
    assert office.waiting(office.ann) == ["t", "new", "held"], "the absent person sees them as well"
    mail_notifications()
    assert [office.cara.person.email] in [message.to for message in mailbox if message.subject == "Sign new"]
    client.sign_in(office.cara.person)
    inbox = client.get("/inbox/").content.decode()
    assert "Sign t" in inbox
    assert "安" in inbox
    one = client.get(f"/inbox/tasks/{office.task.pk}/").content.decode()
    assert "您可以查看" in one, "what the cover cannot do is said"
    frozen_clock.set(dt.datetime(2026, 11, 27, 15, 59, 59, tzinfo=dt.UTC))
    assert len(office.waiting(office.cara)) == 3
    frozen_clock.move(seconds=1)  # midnight in China
    assert office.waiting(office.cara) == []
    assert [task.key for task in tasks_visible_to(office.cara)] == ["held"], "what every member may see, held by Ann"
    assert office.waiting(office.ann) == ["t", "new", "held"]


def test_both_see_who_did_what_was_covered(db: str, api: Any, frozen_clock: Any) -> None:
    from core.command import command

    frozen_clock.set(NOW)
    office = Office()
    actions.name_cover(actor=office.ann, cover=office.bob.person.pk, starts_on=DAY, ends_on=DAY)

    @command
    def sign(*, actor: Any) -> None:
        services.close_tasks(key="t")

    sign(actor=office.bob)
    for actor in (office.ann, office.bob):
        row = api.as_person(actor.person).get(f"tasks/{office.task.pk}/").data
        assert (row["state"], row["closed_by"]["name"]) == ("done", "白")


def test_covering_gives_no_right_and_shows_no_other_seat_of_the_absent_person(db: str, frozen_clock: Any) -> None:
    frozen_clock.set(NOW)
    office = Office()
    elsewhere = office.outsider.organisation
    accounts.seat(office.ann.person, elsewhere, ["signatory"])
    services.open_task(kind="close_need", title="Other", key="other", organisation=elsewhere, role="signatory")
    services.open_task(kind="score_bids", title="Score", key="personal", person=office.ann.person)
    actions.name_cover(actor=office.ann, cover=office.cara.person.pk, starts_on=DAY, ends_on=DAY)
    cara = Actor.for_person(office.cara.person, office.organisation)
    assert cara.roles == {"member"}
    assert [task.key for task in tasks_for(cara)] == ["t"]
    assert unread_count(cara) == 1


@pytest.mark.parametrize(
    ("to", "first", "last", "field"),
    [
        ("outsider", DAY, DAY, "cover"),
        ("ann", DAY, DAY, "cover"),
        ("bob", DAY, DAY - dt.timedelta(days=1), "ends_on"),
        ("bob", DAY - dt.timedelta(days=9), DAY - dt.timedelta(days=1), "ends_on"),
        ("bob", DAY, DAY + dt.timedelta(days=400), "ends_on"),
    ],
)
def test_a_cover_is_a_colleague_and_an_absence_has_days(
    api: Any, frozen_clock: Any, to: str, first: dt.date, last: dt.date, field: str
) -> None:
    frozen_clock.set(NOW)
    office = Office()
    sent = {"cover": str(getattr(office, to).person.pk), "starts_on": str(first), "ends_on": str(last)}
    answer = api.as_person(office.ann.person).post("absences/", sent)
    assert answer.status_code == 422, answer.data
    assert field in answer.data["errors"]
    assert not Absence.objects.exists()


def test_absences_do_not_overlap_and_end_early_by_the_person_or_an_admin(api: Any, frozen_clock: Any) -> None:
    frozen_clock.set(NOW)
    office = Office()
    boss = factories.actor(office.organisation, roles=["admin"])
    ann, bob, cara = (api.as_person(one.person) for one in (office.ann, office.bob, office.cara))
    sent = {"cover": str(office.bob.person.pk), "starts_on": "2026-11-25", "ends_on": "2026-11-30"}
    made = ann.post("absences/", sent)
    assert made.status_code == 201, ann.text(made)
    assert ann.post("absences/", sent | {"starts_on": "2026-11-30", "ends_on": "2026-12-02"}).status_code == 409
    away = cara.post("absences/", sent | {"cover": str(office.ann.person.pk)})
    assert away.status_code == 422, "who is away does not cover"
    pk = made.data["id"]
    assert bob.get(f"absences/{pk}/cannot/").data["cannot"] == {"roles": [], "tasks": 0, "personal": 0}
    assert cara.get(f"absences/{pk}/").status_code == 404
    assert bob.post(f"absences/{pk}/end/").status_code == 403
    assert api.as_person(boss.person).post(f"absences/{pk}/end/").status_code == 200
    assert ann.post(f"absences/{pk}/end/").status_code == 409
    assert ann.post("absences/", sent).status_code == 201


def test_two_covers_named_at_once_leave_one(in_threads: Any, frozen_clock: Any) -> None:
    frozen_clock.set(NOW)
    office = Office()
    covers = [office.bob.person.pk, office.cara.person.pk]
    outcomes = in_threads(
        2, lambda n: actions.name_cover(actor=office.ann, cover=covers[n], starts_on=DAY, ends_on=DAY)
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Absence", "Conflict"]
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words", "not_words"),
    [
        ("zh-hans", ["阅读时间", "是否已读", "未读", "已读"], ["查看"]),
        ("en", ["When read", "Read or unread"], ["阅读"]),
    ],
)
def test_the_list_of_notifications_says_when_each_was_read(
    client: Any, language: str, words: list[str], not_words: list[str]
) -> None:
    actor = factories.actor(factories.organisation(), language=language)
    services.notify(kind="new_browser", title="Signed in", to=[actor.person], link="/accounts/security/")
    client.sign_in(actor.person)
    client.cookies["django_language"] = language
    page = client.get("/inbox/notifications/").content.decode()
    table = page[page.index("<main") :]
    assert all(one in table for one in words)
    assert not any(one in table for one in not_words)
    assert "#mail-opened" in table, "the button has a picture of its own"
    assert "Signed in" in client.get("/inbox/notifications/?read=no").content.decode()
    assert "Signed in" not in client.get("/inbox/notifications/?read=yes").content.decode()
