"""E-mail of the inbox: as people wish it, once, in their language, and at their hours."""

from __future__ import annotations

import datetime as dt
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest

from core.inbox import actions, services
from core.inbox.models import Notification, Preferences, Task
from core.inbox.tasks import mail_notifications, remind
from tests import factories

MORNING = dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC)  # nine o'clock in China


def tell(person: Any, *, kind: str = "gate_decided", name: str = "G1", key: str = "", **more: Any) -> None:
    services.notify(
        kind=kind, title="%(gate)s → %(outcome)s", params={"gate": name, "outcome": "go"}, to=person, link="/projects/", key=key, **more
    )  # fmt: skip


def wish(actor: Any, **changes: Any) -> Preferences:
    return actions.edit_preferences(actor=actor, changes=changes)


def daily(*kinds: str) -> list[dict[str, Any]]:
    return [{"kind": kind, "is_shown": True, "mail": "daily"} for kind in kinds]


def subjects(mailbox: list[Any]) -> list[str]:
    return [message.subject for message in mailbox]


@pytest.mark.parametrize(
    ("language", "zone", "preferences", "time"),
    [
        ("zh-hans", "Asia/Shanghai", "选择哪些用电子邮件告诉您", "2026-11-25 09:00 北京时间"),
        ("en", "America/New_York", "Choose what comes by e-mail", "2026-11-24 20:00 (America/New_York, UTC-0500)"),
    ],
)
def test_a_message_is_text_and_html_in_the_persons_language_and_zone(
    db: str, settings: Any, mailbox: list[Any], frozen_clock: Any, language: str, zone: str, preferences: str, time: str
) -> None:
    settings.PUBLIC_URL = "https://xielian.example"
    frozen_clock.set(MORNING)
    actor = factories.actor(factories.organisation(), language=language)
    wish(actor, zone=zone)
    tell(actor.person, name='<b>G1</b> & "x"', body="先看\n<script>alert(1)</script>")
    assert mail_notifications() == 1
    [message] = mailbox
    assert message.to == [actor.person.email]
    assert message.subject == '<b>G1</b> & "x" → go'
    assert message.extra_headers["List-Unsubscribe"] == "<https://xielian.example/inbox/preferences/>"
    assert message.extra_headers["Message-ID"].endswith("@xielian.example>")
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert "https://xielian.example/projects/" in message.body
    assert "https://xielian.example/projects/" in html
    assert preferences in message.body
    assert preferences in html
    assert time in message.body
    assert "<script>" in message.body, "text stays text"
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<b>G1" not in html
    for remote in ("src=", "<link", "url(", "@import"):
        assert remote not in html


def test_e_mail_waits_for_the_end_of_quiet_hours_and_then_goes_out_once(
    db: str, mailbox: list[Any], frozen_clock: Any
) -> None:
    actor = factories.actor(factories.organisation())
    wish(actor, quiet_from=dt.time(22), quiet_to=dt.time(7))
    frozen_clock.set(dt.datetime(2026, 11, 25, 13, 59, 59, tzinfo=dt.UTC))
    tell(actor.person, name="late")
    frozen_clock.move(seconds=2)  # the worker comes when the hours have begun
    tell(actor.person, name="night")
    services.notify(kind="second_factor", title="off", to=actor.person)
    assert mail_notifications() == 1
    assert subjects(mailbox) == ["off"], "what concerns the account's safety does not wait"
    frozen_clock.set(dt.datetime(2026, 11, 25, 22, 59, 59, tzinfo=dt.UTC))
    assert mail_notifications() == 0
    frozen_clock.move(seconds=1)
    assert mail_notifications() == 2
    assert mail_notifications() == 0
    assert sorted(subjects(mailbox)[1:]) == ["late → go", "night → go"]


def test_changed_quiet_hours_and_a_changed_zone_hold_for_what_waits_already(
    db: str, mailbox: list[Any], frozen_clock: Any
) -> None:
    frozen_clock.set(dt.datetime(2026, 11, 25, 15, tzinfo=dt.UTC))  # 23:00 in China, 16:00 in Berlin
    actor = factories.actor(factories.organisation())
    wish(actor, quiet_from=dt.time(22), quiet_to=dt.time(7))
    tell(actor.person)
    assert mail_notifications() == 0
    wish(actor, zone="Europe/Berlin")
    assert mail_notifications() == 1
    tell(actor.person, name="G2")
    wish(actor, choices=[{"kind": "gate_decided", "is_shown": True, "mail": "never"}])
    assert mail_notifications() == 0
    assert subjects(mailbox) == ["G1 → go"]


@pytest.mark.parametrize(("names", "hour"), [(["G1", "G2"], 8), (["G1", "G2", "G3", "G4", "G5"], 18)])
def test_a_digest_holds_everything_of_the_day_and_comes_at_the_chosen_hour(
    db: str, mailbox: list[Any], frozen_clock: Any, names: list[str], hour: int
) -> None:
    frozen_clock.set(MORNING)
    organisation = factories.organisation()
    actor = factories.actor(organisation, language="en")
    wish(actor, digest_at=dt.time(hour), choices=daily("gate_decided"))
    for name in names:
        tell(actor.person, name=name)
    tell(actor.person, kind="gate_frozen", name="at once")
    assert mail_notifications() == 1
    assert subjects(mailbox) == ["at once → go"]
    services.open_task(kind="close_need", title="Close", key="t1", organisation=organisation, due_at=MORNING)
    Notification.objects.filter(task__key="t1").update(mail_after=None)
    at = dt.datetime(2026, 11, 26 if hour == 8 else 25, hour, tzinfo=dt.UTC) - dt.timedelta(hours=8)
    frozen_clock.set(at - dt.timedelta(seconds=1))
    assert mail_notifications() == 0
    frozen_clock.set(at)
    assert mail_notifications() == 1
    digest = mailbox[-1]
    assert digest.subject == f"Your day on Xielian: 1 to do, {len(names)} new"
    for text in (digest.body, digest.alternatives[0][0]):
        for name in [*names, "Close"]:
            assert name in text
    assert mail_notifications() == 0, "nothing new, no digest"
    tell(actor.person, name="next day")
    frozen_clock.move(days=1)
    assert mail_notifications() == 1


def test_two_workers_send_one_digest_and_each_message_once(
    db: str, mailbox: list[Any], frozen_clock: Any, in_threads: Any
) -> None:
    frozen_clock.set(MORNING)
    people = [factories.actor(factories.organisation()) for _ in range(3)]
    for actor in people:
        wish(actor, choices=daily("gate_decided"))
        for name in range(6):
            tell(actor.person, name=f"G{name}")
        tell(actor.person, kind="gate_frozen", name="frozen")
    frozen_clock.move(days=1)
    counts = in_threads(2, lambda _n: mail_notifications())
    assert sum(counts) == 6, counts
    assert len(mailbox) == 6
    assert len({message.extra_headers["Message-ID"] for message in mailbox}) == 6
    assert sum(subject.startswith("您在协链的一天") for subject in subjects(mailbox)) == 3


def test_a_lost_message_of_the_queue_is_found_by_the_next_turn(
    db: str, mailbox: list[Any], frozen_clock: Any, monkeypatch: Any
) -> None:
    def away(*_args: Any, **_more: Any) -> None:
        raise OSError("broker away")

    monkeypatch.setattr(mail_notifications, "apply_async", away)
    actor = factories.actor(factories.organisation())
    tell(actor.person)
    assert mail_notifications() == 1
    assert len(mailbox) == 1


def test_one_refused_address_holds_up_nobody_else_and_is_given_up_in_the_end(
    db: str, mailbox: list[Any], frozen_clock: Any, monkeypatch: Any
) -> None:
    from django.core.mail.backends.locmem import EmailBackend

    frozen_clock.set(MORNING)
    bad, good = (factories.actor(factories.organisation()) for _ in range(2))
    real = EmailBackend.send_messages

    def picky(self: Any, messages: Any) -> Any:
        if messages[0].to == [bad.person.email]:
            raise SMTPRecipientsRefused({bad.person.email: (550, b"no such user")})
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)
    tell(bad.person)
    tell(good.person)
    assert mail_notifications() == 1
    assert [message.to for message in mailbox] == [[good.person.email]]
    row = Notification.objects.get(person=bad.person)
    assert (row.mail_failures, row.mail_after) == (1, MORNING + dt.timedelta(minutes=2))
    for _turn in range(10):
        frozen_clock.move(days=1)
        mail_notifications()
    row.refresh_from_db()
    assert (row.mail_failures, row.mail_after, row.mailed_at) == (8, None, None)


def test_a_mail_server_that_is_away_loses_nothing(db: str, mailbox: list[Any], monkeypatch: Any) -> None:
    from django.core.mail.backends.locmem import EmailBackend

    actor = factories.actor(factories.organisation())
    tell(actor.person)
    with monkeypatch.context() as gone:
        gone.setattr(EmailBackend, "send_messages", lambda *_a: (_ for _ in ()).throw(ConnectionRefusedError()))
        assert mail_notifications() == 0
    assert mail_notifications() == 1
    assert len(mailbox) == 1


def test_a_task_comes_by_e_mail_to_those_who_can_do_it_and_not_when_it_is_done_before(
    db: str, mailbox: list[Any], frozen_clock: Any
) -> None:
    frozen_clock.set(MORNING)
    organisation = factories.organisation()
    signs = factories.actor(organisation, roles=["signatory"])
    factories.actor(organisation, roles=["member"])
    for number in range(2):
        services.open_task(
            kind="close_need", title="Close %(n)d", params={"n": number}, key=f"t{number}", organisation=organisation, role="signatory",
            due_at=MORNING + dt.timedelta(hours=30),
        )  # fmt: skip
    services.close_tasks(key="t1")
    assert mail_notifications() == 1
    assert [(message.to, message.subject) for message in mailbox] == [([signs.person.email], "Close 0")]
    assert Task.objects.get(key="t1").closed_by is None, "the clock is nobody"
    frozen_clock.move(hours=7)
    assert remind() == 1
    assert mail_notifications() == 1
    assert remind() == 0
    shown = Notification.objects.filter(person=signs.person, is_shown=True)
    assert [row.kind for row in shown] == ["task_due"], "the product shows the task itself, and the reminder"


def test_nobody_is_mailed_about_a_task_that_their_own_action_opened(db: str, mailbox: list[Any]) -> None:
    from core.command import command

    organisation = factories.organisation()
    doer, other = factories.actor(organisation), factories.actor(organisation)

    @command
    def begin(*, actor: Any) -> None:
        services.open_task(kind="finish_bid", title="Finish", key="bid", organisation=organisation)

    begin(actor=doer)
    mail_notifications()
    assert [message.to for message in mailbox] == [[other.person.email]]


def test_a_silenced_kind_shows_nowhere_and_a_closed_account_gets_nothing(db: str, mailbox: list[Any], api: Any) -> None:
    actor = factories.actor(factories.organisation())
    wish(actor, choices=[{"kind": "gate_decided", "is_shown": False, "mail": "never"}])
    tell(actor.person)
    tell(actor.person, kind="gate_frozen", name="G9")
    rows = api.as_person(actor.person).get("notifications/").data["results"]
    assert [row["kind"] for row in rows] == ["gate_frozen"]
    actor.person.is_active = False
    actor.person.save(update_fields=["is_active"])
    assert mail_notifications() == 0
    assert mailbox == []


@pytest.mark.parametrize(
    ("language", "says", "asks"),
    [
        ("zh-hans", "严密公司 有事等您处理", "设置双重验证"),
        ("en", "Something waits for you at 严密公司", "Set up the second factor"),
    ],
)
def test_a_seat_that_asks_for_a_second_factor_keeps_its_matters_out_of_the_mail(
    db: str, settings: Any, mailbox: list[Any], frozen_clock: Any, language: str, says: str, asks: str
) -> None:
    settings.PUBLIC_URL = "https://xielian.example"
    frozen_clock.set(MORNING)
    strict = factories.organisation("严密公司", needs_second_factor=True)
    boss, actor = factories.actor(strict), factories.actor(strict, language=language)
    other = factories.organisation("开放公司")
    factories.actor(other, person_=actor.person)
    asked = {
        "kind": "close_need",
        "title": "Secret merger",
        "why": "Secret reason",
        "role": "signatory",
        "link": "/needs/",
    }
    task = services.open_task(key="s", organisation=strict, **asked)
    services.open_task(key="o", organisation=other, **asked | {"title": "Open matter", "why": "Open"})
    tell(strict, name="Secret gate", body="Secret body")
    actions.hand_on_task(actor=boss, task_id=task.pk, to=actor.person.pk, note="Secret note")
    mail_notifications()
    own = [one for one in mailbox if one.to == [actor.person.email]]
    assert sorted(one.subject for one in own) == sorted(["Open matter", *[says] * 3])
    for message in own:
        [(html, _kind)] = message.alternatives
        assert "Secret" not in message.body + html + message.subject
        if message.subject == says:
            assert "https://xielian.example/accounts/security/" in message.body
            assert asks in html and "https://xielian.example/accounts/security/" in html
    wish(actor, choices=daily("gate_decided"))
    tell(strict, name="Secret gate", body="Secret body")
    tell(strict, name="Secret gate two")
    mailbox.clear()
    frozen_clock.move(days=1)
    mail_notifications()
    [digest] = [one for one in mailbox if one.to == [actor.person.email]]
    assert digest.body.count(says) == 1, "one line for all of a seat that is shut"
    assert "Open matter" in digest.body
    assert "Secret" not in digest.body + digest.alternatives[0][0]


def test_once_the_second_factor_is_set_up_the_mail_tells_everything(db: str, mailbox: list[Any]) -> None:
    from core.accounts.models import SecondFactor

    strict = factories.organisation(needs_second_factor=True)
    actor = factories.actor(strict, language="en")
    SecondFactor.objects.create(person=actor.person, secret="x", last_step=0)
    tell(strict, name="G7")
    mail_notifications()
    assert subjects(mailbox) == ["G7 → go"]
