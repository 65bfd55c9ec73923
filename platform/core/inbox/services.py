"""Opening and closing tasks, telling people; called inside the transaction of what happened."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import override

from core import clock, context
from core.accounts.models import Organisation, Person
from core.accounts.queries import members_with_role
from core.inbox import timing
from core.inbox.kinds import kind_of
from core.inbox.models import MSGID, Choice, Notification, Preferences, Task
from core.inbox.queries import people_asked
from core.inbox.states import TASK, Mailing, TaskState


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
    """Open a task once per `key`; one closed under the key is opened again. Title and why are message ids.

    Whoever it waits for gets an e-mail as they wish it, except the person whose own action opened it.
    """
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
        task.reminders, task.reminded_at, task.closed_by = 0, None, None
        task.save()
        fresh = True
    if fresh:
        acting = context.acting_id()
        announce(task, [one for one in people_asked(task) if one.pk != acting])
    return task


def announce(task: Task, people: Iterable[Person], *, kind: str = "") -> int:
    """Write the e-mail about a task to these people; the product shows the task itself. `kind` for a reminder of it."""
    # Opened again it is told again; a second of the clock tells two openings apart.
    mark = f"{kind or 'task'}:{task.pk}:{clock.now():%Y%m%d%H%M%S%f}"
    told = {
        "kind": kind or task.kind,
        "title": task.title,
        "params": task.params,
        "why": task.why,
        "link": task.link,
        "organisation": task.organisation,
        "task": task,
        "object_type": task.object_type,
        "object_id": task.object_id,
    }
    # A reminder shows among the notifications; the task itself already stands in the inbox.
    return _write(
        [(person, told | {"key": f"{mark}:{person.pk}"}) for person in people], task.kind, is_shown=bool(kind)
    )


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
    obj: Model | tuple[str, uuid.UUID] | None = None,
    link: str = "",
    roles: tuple[str, ...] = (),
    key: str = "",
) -> int:
    """Tell people what happened, once per key; an organisation means its members (in `roles`). E-mail follows.

    `obj` is what it is about, or its type and id. A lazy value in `params` is read in the reader's language.
    """
    receivers = [to] if isinstance(to, Person | Organisation) else list(to)
    seats: dict[uuid.UUID, tuple[Person, Organisation | None]] = {}
    for receiver in receivers:
        if isinstance(receiver, Person):
            seats.setdefault(receiver.pk, (receiver, None))
        else:
            for person in members_with_role(receiver, *roles):
                seats.setdefault(person.pk, (person, receiver))
    key = key or uuid.uuid4().hex
    told = {
        "kind": kind,
        "title": title,
        "params": _plain(params),
        "body": body,
        "why": why,
        "link": link,
        **_about(obj),
    }
    rows = [
        (person, told | {"organisation": organisation, "key": f"{key}:{person.pk}"[:200]})
        for person, organisation in seats.values()
    ]
    return _write(rows, kind)


def renew(*, key: str, to: Person, params: dict[str, Any]) -> bool:
    """Give what this person was told under the key other values and make it unread again; whether there was such a thing."""
    told = Notification.objects.filter(person=to, key=f"{key}:{to.pk}"[:200])
    return bool(told.update(params=_plain(params), read_at=None))


def _write(rows: list[tuple[Person, dict[str, Any]]], kind: str, *, is_shown: bool = True) -> int:
    """Write notifications as each person wishes this kind; returns for how many people."""
    if not rows:
        return 0
    now, look = clock.now(), kind_of(kind)
    people = [person.pk for person, _told in rows]
    wishes = {row.person_id: row for row in Preferences.objects.filter(person__in=people)}
    chosen = {
        row.preferences_id: row for row in Choice.objects.filter(preferences__in=list(wishes.values()), kind=kind)
    }
    made = []
    for person, told in rows:
        wish = wishes.get(person.pk) or Preferences(person=person)
        choice = None if look.is_locked else chosen.get(wish.pk)
        mail = choice.mail if choice else Mailing.AT_ONCE
        made.append(
            Notification(
                person=person,
                mail=mail,
                mail_after=timing.mail_time(wish, mail, now, is_urgent=look.is_urgent),
                is_shown=is_shown and (choice is None or choice.is_shown or look.is_always_shown),
                created_at=now,
                **told,
            )
        )
    Notification.objects.bulk_create(made, ignore_conflicts=True)
    transaction.on_commit(_hint, robust=True)
    return len(made)


def replan_mail(wishes: Preferences) -> int:
    """Give every e-mail that still waits for this person its time by what they wish now; returns how many changed."""
    now, changed = clock.now(), []
    chosen = {row.kind: row for row in wishes.choices.all()}
    waiting = Notification.objects.filter(person=wishes.person_id, mailed_at__isnull=True, mail_after__isnull=False)
    for row in waiting.select_related("task").select_for_update(of=("self",)):
        kind = kind_of(row.task.kind if row.task else row.kind)
        choice = None if kind.is_locked else chosen.get(kind.code)
        row.mail = choice.mail if choice else Mailing.AT_ONCE
        row.mail_after = timing.mail_time(wishes, row.mail, now, is_urgent=kind.is_urgent)
        changed.append(row)
    Notification.objects.bulk_update(changed, ["mail", "mail_after"], batch_size=500)
    return len(changed)


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
    acting = context.acting_id()
    # A machine client or the clock is no person; then nobody stands there.
    doer = Subquery(Person.objects.filter(pk=acting).values("pk")[:1]) if acting else None
    return Task.objects.filter(wanted).update(state=state, closed_at=clock.now(), closed_by=doer)


def _about(obj: Model | tuple[str, uuid.UUID] | None) -> dict[str, Any]:
    if obj is None:
        return {}
    kind, pk = obj if isinstance(obj, tuple) else (obj._meta.label_lower, obj.pk)
    return {"object_type": kind, "object_id": pk}


def _plain(params: dict[str, Any] | None) -> dict[str, Any]:
    """Values as JSON keeps them; a lazy one as its message id, which is translated when it is read."""
    return {name: _kept(value) for name, value in (params or {}).items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Promise):
        with override(None):
            return {MSGID: str(value)}
    return value if isinstance(value, int | str | bool | dict | type(None)) else str(value)


def _hint() -> None:
    from core.inbox.tasks import mail_notifications

    try:
        mail_notifications.apply_async(retry=False)
    except Exception:
        # The sweep of the next minute sends what waits.
        return
