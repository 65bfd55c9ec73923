"""Opening and closing tasks, telling people; called inside the transaction of what happened."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils.functional import Promise

from core import clock
from core.accounts.models import Organisation, Person
from core.accounts.queries import members_with_role
from core.inbox.models import Notification, Task
from core.inbox.states import TASK, TaskState


def open_task(
    *,
    kind: str,
    title: str,
    key: str,
    person: Person | None = None,
    organisation: Organisation | None = None,
    role: str = "",
    params: dict[str, Any] | None = None,
    why: str = "",
    obj: Model | None = None,
    link: str = "",
    due_at: dt.datetime | None = None,
) -> Task:
    """Open a task once per `key`; one closed under the key is opened again. Title and why are message ids."""
    task, fresh = Task.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "title": title,
            "params": _plain(params),
            "why": why,
            "person": person,
            "organisation": organisation,
            "role": role,
            "link": link,
            "due_at": due_at,
            **_about(obj),
        },
    )
    if not fresh and (task.state != TaskState.OPEN or task.due_at != due_at):
        task.state, task.closed_at, task.due_at, task.params = TaskState.OPEN, None, due_at, _plain(params)
        task.reminders, task.reminded_at = 0, None
        task.save()
    return task


def close_tasks(
    *,
    obj: Model | None = None,
    kind: str = "",
    key: str = "",
    key_prefix: str = "",
    person: Person | None = None,
    organisation: Organisation | None = None,
) -> int:
    """Close the open tasks that match everything given, because the thing is done; returns how many."""
    return _end(TASK.after(TaskState.OPEN, "finish_task"), obj, kind, key, key_prefix, person, organisation)


def cancel_tasks(
    *,
    obj: Model | None = None,
    kind: str = "",
    key: str = "",
    key_prefix: str = "",
    person: Person | None = None,
    organisation: Organisation | None = None,
) -> int:
    """Close the open tasks that match, because nobody needs them any more; returns how many."""
    return _end(TASK.after(TaskState.OPEN, "cancel_task"), obj, kind, key, key_prefix, person, organisation)


def notify(
    *,
    kind: str,
    title: str,
    to: Person | Organisation | Iterable[Person | Organisation],
    params: dict[str, Any] | None = None,
    body: str = "",
    why: str = "",
    obj: Model | None = None,
    link: str = "",
    roles: tuple[str, ...] = (),
    key: str = "",
) -> int:
    """Tell people what happened, once per key; an organisation means its members (in `roles`). E-mail follows."""
    receivers = [to] if isinstance(to, Person | Organisation) else list(to)
    seats: dict[uuid.UUID, tuple[Person, Organisation | None]] = {}
    for receiver in receivers:
        if isinstance(receiver, Person):
            seats.setdefault(receiver.pk, (receiver, None))
        else:
            for person in members_with_role(receiver, *roles):
                seats.setdefault(person.pk, (person, receiver))
    key = key or uuid.uuid4().hex
    rows = [
        Notification(
            kind=kind,
            title=title,
            params=_plain(params),
            body=body,
            why=why,
            link=link,
            person=person,
            organisation=organisation,
            key=f"{key}:{person.pk}"[:200],
            **_about(obj),
        )
        for person, organisation in seats.values()
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(_hint, robust=True)
    return len(rows)


def _end(
    state: str,
    obj: Model | None,
    kind: str,
    key: str,
    key_prefix: str,
    person: Person | None,
    organisation: Organisation | None,
) -> int:
    wanted = Q(state=TaskState.OPEN)
    if obj is not None:
        wanted &= Q(object_id=obj.pk)
    if kind:
        wanted &= Q(kind=kind)
    if key:
        wanted &= Q(key=key)
    if key_prefix:
        wanted &= Q(key__startswith=key_prefix)
    if person is not None:
        wanted &= Q(person=person)
    if organisation is not None:
        wanted &= Q(organisation=organisation)
    if wanted == Q(state=TaskState.OPEN):
        raise ValueError("say which tasks to close")
    return Task.objects.filter(wanted).update(state=state, closed_at=clock.now())


def _about(obj: Model | None) -> dict[str, Any]:
    return {} if obj is None else {"object_type": obj._meta.label_lower, "object_id": obj.pk}


def _plain(params: dict[str, Any] | None) -> dict[str, Any]:
    """Values as JSON keeps them; message ids to translate stay strings."""
    return {
        name: str(value)
        if isinstance(value, Promise) or not isinstance(value, int | str | bool | type(None))
        else value
        for name, value in (params or {}).items()
    }


def _hint() -> None:
    from core.inbox.tasks import mail_notifications

    try:
        mail_notifications.apply_async(retry=False)
    except Exception:
        # The sweep of the next minute sends what waits.
        return
