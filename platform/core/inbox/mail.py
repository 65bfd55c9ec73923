"""The e-mail of the inbox: text and HTML, in the person's language, with times in the person's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
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
from core.accounts.models import Membership
from core.inbox.models import Notification, Preferences, Task
from core.inbox.queries import tasks_for

WAITING_SHOWN = 10


def notice(wishes: Preferences, row: Notification) -> EmailMultiAlternatives:
    """The message about one thing that happened, or about one task."""
    with _speaking(wishes):
        line = _line(row, wishes)
        return _message(wishes, str(row.pk), line["sentence"], "notice", {"line": line})


def digest(wishes: Preferences, rows: Sequence[Notification]) -> EmailMultiAlternatives | None:
    """One message about everything that happened since the last digest, and what waits; None where that is nothing."""
    with _speaking(wishes):
        told = [row for row in rows if row.task_id is None]  # a task stands among what waits
        waiting = waiting_tasks(wishes)
        if not told and not waiting:
            return None
        subject = _("Your day on Xielian: %(tasks)d to do, %(news)d new")
        shown = {
            "lines": [_line(row, wishes) for row in told],
            "waiting": [_line(task, wishes) for task in waiting[:WAITING_SHOWN]],
            "more": max(0, len(waiting) - WAITING_SHOWN),
            "inbox_url": absolute(reverse("inbox:list")),
        }
        key = f"digest-{rows[0].pk}"
        return _message(wishes, key, subject % {"tasks": len(waiting), "news": len(told)}, "digest", shown)


def waiting_tasks(wishes: Preferences) -> list[Task]:
    """Everything that waits for the person in any of their seats, what is due first on top."""
    person = wishes.person
    seats = Membership.objects.filter(person=person, is_active=True).select_related("organisation")
    actors = [Actor.for_person(person, seat.organisation) for seat in seats] or [Actor(person=person)]
    found = {task.pk: task for actor in actors for task in tasks_for(actor).select_related("organisation")}
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(found.values(), key=lambda task: (task.due_at or late, task.created_at))


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
