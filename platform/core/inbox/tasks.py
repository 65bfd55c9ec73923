"""Jobs of the inbox: e-mail as people wish it, reminders for tasks."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from celery import shared_task
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from core import clock
from core.accounts.models import Membership
from core.inbox import mail, services, timing
from core.inbox.kinds import kind_of
from core.inbox.models import Notification, Preferences, Task
from core.inbox.queries import people_asked
from core.inbox.states import Mailing, TaskState

log = logging.getLogger(__name__)

PEOPLE = 200  # at one turn
MESSAGES = 50  # to one person at one turn
TRIES = 8
DIGEST_LIMIT = 200


@shared_task(name="inbox.mail_notifications", ignore_result=True)
def mail_notifications() -> int:
    """Send the e-mail whose time has come; returns how many messages went out.

    Each message is claimed under a lock on its person, so two runs at once send it once, and a person gets one digest.
    """
    people = _people_due()
    if not people:
        return 0
    sent = 0
    connection = get_connection()
    try:
        connection.open()  # one conversation with the server for the whole turn
        for person_id in people:
            sent += _serve(person_id, connection)
        connection.close()
    except OSError:
        log.warning("mail server away; the e-mail of this turn waits")
    return sent


def _people_due() -> list[UUID]:
    """Whose e-mail is due, whoever waits longest first."""
    due = _due().values("person").annotate(first=Min("mail_after")).order_by("first")
    return list(due.values_list("person", flat=True)[:PEOPLE])


def _due() -> QuerySet[Notification]:
    """What an organisation is told goes to whoever has a seat there when it goes out."""
    due = Notification.objects.filter(mailed_at__isnull=True, mail_after__lte=clock.now(), person__is_active=True)
    seat = Membership.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"), is_active=True)
    return due.filter(Q(organisation__isnull=True) | Exists(seat))


def _serve(person_id: UUID, connection: BaseEmailBackend) -> int:
    """One person's messages, each in a transaction of its own."""
    Preferences.objects.bulk_create([Preferences(person_id=person_id)], ignore_conflicts=True)
    sent = 0
    for _turn in range(MESSAGES):
        with transaction.atomic():
            outcome = _send_next(person_id, connection)
        if outcome is None:
            break
        sent += outcome
    return sent


def _send_next(person_id: UUID, connection: BaseEmailBackend) -> int | None:
    """Send the next message: 1 when it went out, 0 when it was put off or is needless, None when nothing is left."""
    wishes = (
        Preferences.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .filter(person=person_id)
        .first()
    )
    if wishes is None:  # another worker is at it
        return None
    due = _due().filter(person=person_id).select_related("task", "organisation").order_by("mail_after", "created_at")
    first = due.filter(mail=Mailing.AT_ONCE).first()
    rows = [first] if first else list(due.filter(mail=Mailing.DAILY)[:DIGEST_LIMIT])
    if not rows:
        return None
    now = clock.now()
    if needless := [row for row in rows if row.task is not None and row.task.state != TaskState.OPEN]:
        _mark(needless, mail_after=None)
        return 0
    until = timing.quiet_until(wishes, now)
    if until is not None and not (first and kind_of(first.kind).is_urgent):
        _mark(rows, mail_after=until)
        return 0
    message = mail.notice(wishes, first) if first else mail.digest(wishes, rows)
    if message is None:
        _mark(rows, mail_after=None)
        return 0
    try:
        connection.send_messages([message])
    except (SMTPRecipientsRefused, SMTPDataError):
        _put_off(rows, now)
        return 0
    _mark(rows, mailed_at=now)
    return 1


def _mark(rows: list[Notification], **values: dt.datetime | None) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(**values)


def _put_off(rows: list[Notification], now: dt.datetime) -> None:
    """The server took this message from us for nobody: try again later, at last give up; others' e-mail goes on."""
    for row in rows:
        row.mail_failures += 1
        row.mail_after = now + dt.timedelta(minutes=2**row.mail_failures) if row.mail_failures < TRIES else None
    Notification.objects.bulk_update(rows, ["mail_failures", "mail_after"])
    log.warning("the mail server refuses %s", ", ".join(str(row.pk) for row in rows[:5]))


@shared_task(name="inbox.remind", ignore_result=True)
def remind() -> int:
    """Remind once a day before and after its due time of a task that still waits; at most five times."""
    now = clock.now()
    due = Task.objects.filter(state=TaskState.OPEN, due_at__lte=now + dt.timedelta(days=1), reminders__lt=5).filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - dt.timedelta(days=1))
    )
    count = 0
    for pk in list(due.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            task = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if task is None:
                continue
            task.reminders += 1
            task.reminded_at = now
            task.save(update_fields=["reminders", "reminded_at"])
            services.announce(task, people_asked(task), kind="task_due")
            count += 1
    return count
