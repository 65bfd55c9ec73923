"""The inbox: what waits, and what happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import NotAllowed
from core.inbox import actions
from core.inbox.models import Notification, Task
from core.inbox.queries import notifications_visible_to, tasks_visible_to
from core.inbox.states import TaskState
from core.web import tables
from core.web.forms import do


def own_link(row: Task | Notification) -> str | None:
    """Only addresses of our own are followed."""
    return row.link if row.link.startswith("/") and not row.link.startswith("//") else None


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
        tables.Column("due_at", _("Due"), kind="deadline", sort="due_at"),
        tables.Column("whose", _("For"), value=lambda row: row.organisation.name if row.organisation else _("me")),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("created_at", _("Since"), kind="datetime", sort="created_at"),
    ]
    filters = [
        tables.Choice("state", _("State"), choices=TaskState.choices, facet=True),
        tables.DateRange("due", _("Due"), lookup="due_at", is_moment=True),
    ]
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
            note=lambda row: row.body[:200],
        ),
        tables.Column("created_at", _("When"), kind="datetime", sort="created_at"),
        tables.Column("read_at", _("Read"), kind="datetime", sort="read_at"),
    ]
    filters = [
        tables.Choice(
            "read",
            _("Read"),
            choices=[("no", _("Unread")), ("yes", _("Read"))],
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
    """Everything that waits or waited for the reader."""
    actor = _actor(request)
    rows = tasks_visible_to(actor).select_related("organisation")
    if "state" not in request.GET:
        rows = rows.filter(state=TaskState.OPEN)
    buttons = [{"label": _("Notifications"), "url": reverse("inbox:notifications"), "icon": "bell"}]
    return tables.render(request, Tasks(rows), title=_("Inbox"), actions=buttons)


def list_notifications(request: HttpRequest) -> HttpResponse:
    """What the reader was told."""
    rows = notifications_visible_to(_actor(request))
    buttons = [{"label": _("Mark all as read"), "url": reverse("inbox:read_all"), "icon": "checks", "post": True}]
    return tables.render(request, Notifications(rows), title=_("Notifications"), actions=buttons)


def open_notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark it as read and go where it points."""
    row = actions.read_notification(actor=_actor(request), notification_id=pk)
    return redirect(own_link(row) or reverse("inbox:notifications"))


@require_POST
def read_all_notifications(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    _actor(request)
    return do(request, actions.read_all_notifications, success=reverse("inbox:notifications"))


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
