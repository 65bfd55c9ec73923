"""The inbox: what waits, and what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import Role
from core.errors import NotAllowed
from core.inbox import actions
from core.inbox.models import Notification, Task
from core.inbox.queries import (
    away_for,
    colleagues,
    covered_by,
    left_behind,
    may_go_on,
    notifications_visible_to,
    tasks_visible_to,
    with_me,
)
from core.inbox.states import TaskState
from core.inbox.web import forms
from core.web import tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page


def own_link(row: Task | Notification) -> str | None:
    """Only addresses of our own are followed."""
    return row.link if row.link.startswith("/") and not row.link.startswith("//") else None


def whose(row: Task) -> str:
    """For whom a task waits: a member it was handed on to, a person, or a role in an organisation."""
    if row.holder is not None:
        return str(row.holder)
    if row.person is not None:
        return str(row.person)
    role = Role(row.role).label if row.role and row.role != Role.MEMBER else ""
    return f"{row.organisation} · {role}" if role else str(row.organisation)


class Tasks(tables.Table):
    columns = [
        tables.Column(
            "title",
            _("Task"),
            value="sentence",
            sort="title",
            is_primary=True,
            link=own_link,
            note=lambda row: row.reason,
        ),
        tables.Column("due_at", _("Due by"), kind="deadline", sort="due_at"),
        tables.Column(
            "whose",
            _("Waits for"),
            value=whose,
            note=lambda row: row.organisation.name if row.organisation and (row.holder or row.person) else "",
        ),
        tables.Column(
            "state",
            _("State"),
            kind="badge",
            sort="state",
            note=lambda row: _("by %(person)s") % {"person": row.closed_by} if row.closed_by else "",
        ),
        tables.Column("created_at", _("Since"), kind="datetime", sort="created_at"),
        tables.Column("more", _("Details"), template="inbox/_task_more.html", in_file=False, value=lambda row: row.pk),
    ]

    def get_filters(self) -> list[tables.Filter]:
        """Days; and states where tasks of all states are listed."""
        days = tables.DateRange("due", _("Due by"), lookup="due_at", is_moment=True)
        states = tables.Choice("state", _("State"), choices=TaskState.choices, facet=True)
        return [states, days] if self.context.get("box") == "all" else [days]

    default_sort = "due_at"
    file_name = "tasks"
    empty = tables.Empty(
        _("Nothing waits for you"), _("What is asked of you stands here, the thing due first on top."), icon="inbox"
    )


class Notifications(tables.Table):
    columns = [
        tables.Column(
            "title",
            _("What happened"),
            value="sentence",
            is_primary=True,
            link=lambda row: reverse("inbox:notification", args=[row.pk]),
            note=lambda row: row.body[:200] or row.reason,
        ),
        tables.Column("created_at", _("When"), kind="datetime", sort="created_at"),
        tables.Column("read_at", _("When read"), kind="datetime", sort="read_at"),
    ]
    filters = [
        tables.Choice(
            "read",
            _("Read or unread"),
            choices=[("no", _("Unread")), ("yes", _("Already read"))],
            apply=lambda value: Q(read_at__isnull=value == "no"),
        ),
        tables.DateRange("on", _("When"), lookup="created_at", is_moment=True),
    ]
    default_sort = "-created_at"
    file_name = "notifications"
    empty = tables.Empty(_("Nothing has happened yet"), icon="bell")

    def row_css(self, row: Any) -> str:
        return "is-mine" if row.read_at is None else ""


def list_tasks(request: HttpRequest) -> HttpResponse:
    """Everything that waits or waited for the reader, and for those the reader covers."""
    actor = a_person(request)
    away = away_for(actor)
    mine, is_open = with_me(actor, away), Q(state=TaskState.OPEN)
    boxes = {"mine": is_open & mine, "others": is_open & ~mine, "left": is_open & mine & left_behind(), "all": Q()}
    asked = request.GET.get("box", "all" if request.GET.get("state") else "mine")
    box = asked if asked in boxes else "mine"
    rows = (
        tasks_visible_to(actor, away).select_related("organisation", "person", "holder", "closed_by").filter(boxes[box])
    )
    names = {
        "mine": _("Waits for me"),
        "others": _("Handed on to others"),
        "left": _("Of members who left"),
        "all": _("All, also what is over"),
    }
    if Role.ADMIN not in actor.roles:
        del names["left"]
    tabs = [
        {"label": name, "url": f"{reverse('inbox:list')}?box={key}", "is_current": key == box}
        for key, name in names.items()
    ]
    buttons = [
        {"label": _("Notifications"), "url": reverse("inbox:notifications"), "icon": "bell"},
        {"label": _("Absence and cover"), "url": reverse("inbox:absences"), "icon": "beach"},
        {"label": _("Preferences"), "url": reverse("inbox:preferences"), "icon": "adjustments"},
    ]
    if actor.organisation is None:
        del buttons[1]
    covers = list(covered_by(actor).select_related("person")) if away else []
    return tables.render(
        request, Tasks(rows, box=box), title=_("Inbox"), actions=buttons, template="inbox/list.html",
        context={"covers": covers, "boxes": tabs},
    )  # fmt: skip


def task_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One task: why it waits, for whom, what became of it, and how to hand it on."""
    actor = a_person(request)
    task = policy.fetch(actor, "inbox.view_task", Task, pk)
    is_open = task.state == TaskState.OPEN
    buttons: list[dict[str, Any]] = []
    goes_on = is_open and may_go_on(task)
    if goes_on and policy.can(actor, "inbox.hand_on_task", task):
        buttons.append(
            {"label": _("Hand on"), "url": reverse("inbox:hand_on_task", args=[pk]), "icon": "arrow-forward-up"}
        )
    if link := own_link(task):
        buttons.append(
            {"label": _("Open") if is_open else _("Look"), "url": link, "icon": "arrow-right", "primary": is_open}
        )
    shown = {
        "task": task,
        "stated": task,
        "whose": whose(task),
        "history": [replace(row, operation_label=_told(row)) for row in book.timeline(task)],
        "cover": covered_by(actor).filter(person__in=[one for one in (task.person_id, task.holder_id) if one]).first(),
        "has_left": task.person if goes_on and task.person_id is not None else None,
        "lacks_role": bool(task.role) and task.role != Role.MEMBER and task.role not in actor.roles,
        "role": Role(task.role).label if task.role else "",
        "actions": buttons,
    }
    facts = [(_("Waits for"), whose(task)), (_("Due by"), task.due_at), (_("Since"), task.created_at)]
    if task.closed_at:
        facts.append((_("Closed"), task.closed_at))
    if task.closed_by:
        facts.append((_("By"), task.closed_by.name))
    crumbs = [crumb(_("Inbox"), reverse("inbox:list")), crumb(_("Task"))]
    return render_page(request, "inbox/task.html", shown, title=task.sentence, crumbs=crumbs, facts=facts)


def _told(row: Any) -> str:
    """What was done to a task, and to whom it went."""
    holder = row.after.get("holder", "")
    return f"{row.operation_label} → {holder}" if holder else row.operation_label


def hand_on_task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand a task on to a colleague who may do it."""
    task = policy.fetch(a_person(request), "inbox.hand_on_task", Task, pk)
    choices: list[tuple[str, str]] = []
    if task.organisation is not None and may_go_on(task):
        seats = colleagues(task.organisation)
        if task.role and task.role != Role.MEMBER:
            seats = seats.filter(roles__contains=[task.role])
        choices = [(str(seat.person_id), str(seat.person)) for seat in seats[:2000] if seat.person_id != task.holder_id]

    def act(actor: Actor, to: str, note: str) -> Task:
        return actions.hand_on_task(actor=actor, task_id=pk, to=UUID(to), note=note)

    crumbs = [
        crumb(_("Inbox"), reverse("inbox:list")),
        crumb(task.sentence, reverse("inbox:task", args=[pk])),
        crumb(_("Hand on")),
    ]
    return form_page(
        request, "components/form_page.html", forms.HandOn, action=act, form_kwargs={"choices": choices},
        success=reverse("inbox:task", args=[pk]), title=_("Hand on"), message=_("Handed on."), crumbs=crumbs, submit=_("Hand on"),
        context={"intro": task.sentence},
    )  # fmt: skip


def list_notifications(request: HttpRequest) -> HttpResponse:
    """What the reader was told."""
    rows = notifications_visible_to(a_person(request))
    buttons = [
        {"label": _("Mark all as read"), "url": reverse("inbox:read_all"), "icon": "mail-opened", "post": True},
        {"label": _("Preferences"), "url": reverse("inbox:preferences"), "icon": "adjustments"},
    ]
    crumbs = [crumb(_("Inbox"), reverse("inbox:list")), crumb(_("Notifications"))]
    return tables.render(
        request, Notifications(rows), title=_("Notifications"), actions=buttons, template="inbox/list.html", crumbs=crumbs
    )  # fmt: skip


def open_notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark it as read and go where it points."""
    row = actions.read_notification(actor=a_person(request), notification_id=pk)
    return redirect(own_link(row) or reverse("inbox:notifications"))


@require_POST
def read_all_notifications(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    a_person(request)
    return do(request, actions.read_all_notifications, success=reverse("inbox:notifications"))


def a_person(request: HttpRequest) -> Actor:
    """The actor, who is a person; machines and strangers have no inbox of their own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
