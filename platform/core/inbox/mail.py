"""The e-mail of the inbox: text and HTML, in the person's language, with times in the person's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.inbox.models import Notification, Preferences, Task
from core.inbox.queries import tasks_for
from core.inbox.seats import open_seats

WAITING_SHOWN = 10


def notice(wishes: Preferences, row: Notification) -> EmailMultiAlternatives:
    """The message about one thing that happened, or about one task.

    Of an organisation that asks for a second factor which the person lacks it says only that something waits there.
    """
    with _speaking(wishes):
        shut = _shut_to(row, open_seats(wishes.person)[1])
        line = _line(row, wishes) if shut is None else _shut_line(shut, row, wishes)
        return _message(wishes, str(row.pk), line["sentence"], "notice", {"line": line})


def digest(wishes: Preferences, rows: Sequence[Notification]) -> EmailMultiAlternatives | None:
    """One message about everything that happened since the last digest, and what waits; None where that is nothing."""
    with _speaking(wishes):
        actors, closed = open_seats(wishes.person)
        hidden = {row.pk: shut for row in rows if (shut := _shut_to(row, closed)) is not None}
        # A task stands among what waits; of a seat that is shut, one line for all.
        told = [_line(row, wishes) for row in rows if row.task_id is None and row.pk not in hidden]
        told += [
            _shut_line(shut, row, wishes)
            for shut, row in {hidden[row.pk]: row for row in rows if row.pk in hidden}.items()
        ]
        waiting = waiting_tasks(actors)
        if not told and not waiting:
            return None
        subject = _("Your day on Xielian: %(tasks)d to do, %(news)d new")
        shown = {
            "lines": told,
            "waiting": [_line(task, wishes) for task in waiting[:WAITING_SHOWN]],
            "more": max(0, len(waiting) - WAITING_SHOWN),
            "inbox_url": absolute(reverse("inbox:list")),
        }
        key = f"digest-{rows[0].pk}"
        return _message(wishes, key, subject % {"tasks": len(waiting), "news": len(told)}, "digest", shown)


def waiting_tasks(actors: Iterable[Actor]) -> list[Task]:
    """Everything that waits for the person in any of these seats, what is due first on top."""
    found = {task.pk: task for actor in actors for task in tasks_for(actor).select_related("organisation")}
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(found.values(), key=lambda task: (task.due_at or late, task.created_at))


def _shut_to(row: Notification, closed: Sequence[Organisation]) -> Organisation | None:
    """Of these organisations the one whose matter it is, if any; what hands a task on is the task's organisation's."""
    if not closed:
        return None
    concerned = {row.organisation_id, row.task.organisation_id if row.task is not None else None}
    if row.object_type == Task._meta.label_lower and row.object_id is not None:
        concerned |= set(Task.objects.filter(pk=row.object_id).values_list("organisation_id", flat=True))
    return next((one for one in closed if one.pk in concerned), None)


def _shut_line(shut: Organisation, row: Notification, wishes: Preferences) -> dict[str, Any]:
    return {
        "sentence": _("Something waits for you at %(organisation)s") % {"organisation": shut.name},
        "reason": _("This organisation asks for a second factor: set one up, and read it in your inbox."),
        "body": "",
        "url": absolute(reverse("accounts:security")),
        "organisation": "",
        "due": "",
        "when": moment_text(row.created_at, wishes),
        "is_task": False,
        "is_late": False,
        "go": _("Set up the second factor"),
    }


def absolute(path: str) -> str:
    """The address of a page of ours as it stands in a message; addresses of others are left out."""
    is_ours = path.startswith("/") and not path.startswith("//")
    return settings.PUBLIC_URL.rstrip("/") + path if is_ours else ""


def own_host() -> str:
    """The host of our pages, as ids in messages and calendars name it."""
    return urlsplit(settings.PUBLIC_URL).hostname or "xielian"


def moment_text(moment: dt.datetime, wishes: Preferences) -> str:
    """A moment in the person's zone, with the zone's name."""
    here = moment.astimezone(wishes.tz)
    zone = _("Beijing time (UTC+8)") if wishes.zone == str(clock.CHINA) else f"({wishes.zone}, UTC{here:%z})"
    return f"{here:%Y-%m-%d %H:%M} {zone}"


def _line(row: Notification | Task, wishes: Preferences) -> dict[str, Any]:
    """A task or a notification as a message shows it."""
    task = row.task if isinstance(row, Notification) else row
    return {
        "sentence": row.sentence,
        "reason": row.reason,
        "body": row.body if isinstance(row, Notification) else "",
        "url": absolute(row.link) or absolute(reverse("inbox:list")),
        "organisation": row.organisation.name if row.organisation else "",
        "due": moment_text(task.due_at, wishes) if task is not None and task.due_at else "",
        "when": moment_text(row.created_at, wishes),
        "is_task": task is not None,
        "is_late": task is not None and task.due_at is not None and task.due_at < clock.now(),
    }


@contextmanager
def _speaking(wishes: Preferences) -> Iterator[None]:
    with translation.override(wishes.person.language or settings.LANGUAGE_CODE):
        yield


def _message(wishes: Preferences, key: str, subject: str, name: str, shown: dict[str, Any]) -> EmailMultiAlternatives:
    preferences = absolute(reverse("inbox:preferences"))
    context = {
        "subject": " ".join(subject.split())[:180],
        "person": wishes.person,
        "language": translation.get_language(),
        "preferences_url": preferences,
        **shown,
    }
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(f"inbox/mail/{name}.txt", context).strip() + "\n",
        to=[wishes.person.email],
        headers={
            # The same message sent twice, because an answer was lost, carries the same id: mail programs show it once.
            "Message-ID": f"<{key}@{own_host()}>",
            "List-Unsubscribe": f"<{preferences}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string(f"inbox/mail/{name}.html", context), "text/html")
    return message
