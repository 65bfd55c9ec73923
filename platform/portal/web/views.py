"""The home page: my inbox, due first, then the three figures of my role. Nothing else."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core import clock
from core.inbox.queries import tasks_for
from core.inbox.web.views import own_link
from core.web.page import render_page
from portal.queries import home_of
from projects.queries import packages_of

ICONS = {
    "verify_organisation": "building", "sign_indicator": "signature", "sign_agreement": "signature", "pay_call": "coins",
    "confirm_payment": "receipt", "decide_claim": "umbrella",
}  # fmt: skip


def home(request: HttpRequest) -> HttpResponse:
    """Each role's own home (R027)."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        return redirect("accounts:sign_in")
    page = home_of(actor)
    now = clock.now()
    groups: dict[str, list[dict[str, object]]] = {}
    for task in tasks_for(actor).select_related("organisation")[:40]:
        groups.setdefault(_group(task.due_at, now), []).append(
            {
                "title": task.sentence, "why": task.reason, "url": own_link(task) or "/inbox/", "due_at": task.due_at,
                "is_late": bool(task.due_at and task.due_at < now), "icon": ICONS.get(task.kind, "inbox"),
            }
        )  # fmt: skip
    labels = {"late": _("Overdue"), "today": _("Today"), "week": _("This week"), "later": _("Later")}
    shown = {
        "home": page,
        "groups": [(labels[key], groups[key]) for key in labels if key in groups],
        "waiting_for": actor.organisation if actor.organisation and not actor.organisation.is_verified else None,
        "figures_shown": [one.shown(actor) for one in page.figures],
        "packages": list(packages_of(actor).select_related("project")[:20]) if actor.organisation else [],
    }
    facts = [(_("Acts for"), actor.organisation.name)] if actor.organisation else []
    return render_page(request, "portal/home.html", shown, title=page.title, facts=facts)


def _group(due_at: dt.datetime | None, now: dt.datetime) -> str:
    if due_at is None:
        return "later"
    if due_at < now:
        return "late"
    days = (due_at.astimezone(clock.CHINA).date() - now.astimezone(clock.CHINA).date()).days
    return "today" if days == 0 else "week" if days < 7 else "later"
