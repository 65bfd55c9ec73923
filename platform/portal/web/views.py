"""The home page: my inbox, due first, then the three figures of my role. Nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.actor import Actor
from core.inbox.models import Task
from core.inbox.queries import tasks_for, unread_count
from core.inbox.web.views import own_link
from core.web.page import render_page
from portal.queries import Home, home_of
from projects.queries import packages_of

SHOWN = 12
ICONS = {
    "verify_organisation": "building", "sign_indicator": "signature", "sign_agreement": "signature", "sign_award": "signature",
    "sign_acceptance": "signature", "pay_call": "coins", "confirm_payment": "receipt", "decide_claim": "umbrella",
    "answer_survey": "clipboard-list", "close_need": "flag", "finish_bid": "send", "publish_challenge": "target",
    "declare_conflict": "scale", "score_bids": "columns-3", "run_review": "columns-3", "propose_award": "award",
    "replace_panelist": "user-x", "review_gate": "gauge", "submit_package": "package", "meet_condition": "checklist",
    "answer_flow": "arrows-exchange", "answer_pairing": "plug-connected", "accept_handover": "transfer-in", "offer_handover": "transfer-out",
}  # fmt: skip
GROUPS = {"late": _("Overdue"), "today": _("Today"), "week": _("This week"), "later": _("Later")}


def home(request: HttpRequest) -> HttpResponse:
    """Each role's own home (R027)."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        return redirect("accounts:sign_in")
    page, organisation = home_of(actor), actor.organisation
    tasks = tasks_for(actor)
    first = list(tasks[:SHOWN])
    count = tasks.count() if len(first) == SHOWN else len(first)
    request.counts_taken = {unread_count: count}  # type: ignore[attr-defined]  # read by the shell
    shown = {
        "home": page,
        "intro": page.purpose,
        "groups": _grouped(first),
        "task_count": count,
        "waiting_for": organisation
        if organisation and not (organisation.is_verified or organisation.is_merged)
        else None,
        "figures_shown": [one.shown(actor) for one in page.figures],
        "packages": list(packages_of(actor)[:50]),
        "head_actions": "portal/_kinds.html",
        "actions": _first_step(actor, page),
    }
    return render_page(request, "portal/home.html", shown, title=page.title)


def _first_step(actor: Actor, page: Home) -> list[dict[str, Any]]:
    """The step as a button in the head, if the actor may take it."""
    step = page.first_step
    if not step.is_open_to(actor):
        return []
    return [{"label": step.label, "url": step.url, "icon": step.icon, "primary": True}]


def _grouped(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """The tasks due first, by how soon they are due."""
    now = clock.now()
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in GROUPS}
    for task in tasks:
        key = _group(task.due_at, now)
        groups[key].append(
            {
                "title": task.sentence, "why": task.reason, "url": own_link(task) or "/inbox/", "due_at": task.due_at,
                "is_late": key == "late", "icon": ICONS.get(task.kind, "inbox"),
            }
        )  # fmt: skip
    return [{"label": GROUPS[key], "is_late": key == "late", "tasks": rows} for key, rows in groups.items() if rows]


def _group(due_at: dt.datetime | None, now: dt.datetime) -> str:
    if due_at is None:
        return "later"
    if due_at < now:
        return "late"
    days = (due_at.astimezone(clock.CHINA).date() - now.astimezone(clock.CHINA).date()).days
    return "today" if days == 0 else "week" if days < 7 else "later"
