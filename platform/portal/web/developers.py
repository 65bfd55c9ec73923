"""The developer page: how to begin, the rules of the door, and every operation with a worked example in curl and Python."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.web.page import crumb, render_page
from portal.queries import developers

ROOMS = {
    "accounts": _("Accounts and organisations"), "inbox": _("Inbox"), "search": _("Search"), "checks": _("Alerts"), "book": _("Book"),
    "chains": _("Industry chains"), "needs": _("Needs, challenges and bids"), "projects": _("Projects and gates"),
    "benefits": _("Benefit and risk"), "webhooks": _("Webhooks"),
}  # fmt: skip
STATUSES = [
    (400, _("What was sent has the wrong shape; errors names the fields.")),
    (401, _("No token, or it has ended.")),
    (403, _("Not allowed for this caller, or the token lacks the scope.")),
    (404, _("Not there, or hidden from this caller.")),
    (406, _("This form of answer does not exist.")),
    (409, _("Not in this state, something is missing, or a key was used for other content.")),
    (412, _("Somebody changed the row meanwhile.")),
    (413, _("The body is too large.")),
    (415, _("The body has the wrong media type.")),
    (422, _("A rule of the domain refuses it; errors names the fields.")),
    (428, _("If-Match is missing.")),
    (429, _("Too many requests; Retry-After says how long to wait.")),
]


def overview(request: HttpRequest) -> HttpResponse:
    """Everything an integrator needs to begin, and all operations, by room or by word (open to strangers)."""
    asked = request.GET.get("q", "").strip()[:200]
    found = [one for one in developers.operations() if _fits(one, asked)]
    rooms = [
        {"label": label, "operations": [one for one in found if one.room == room]} for room, label in ROOMS.items()
    ]
    shown = {
        "words": asked, "rooms": [one for one in rooms if one["operations"]], "count": len(found), "statuses": STATUSES, "contents": contents(),
        "url": settings.PUBLIC_URL, "head_actions": "portal/_description.html",
        "intro": _("One REST door for machines and people: the same actions, the same rules, the same refusals as on the pages."),
    }  # fmt: skip
    return render_page(request, "portal/developers.html", shown, title=_("For developers"))


def operations(request: HttpRequest, thing: str) -> HttpResponse:
    """The operations on one kind of thing, each with parameters, an example and its answer (open to strangers)."""
    found = [one for one in developers.operations() if one.thing == thing]
    if not found:
        raise NotFound(_("There is no such part of the description."))
    shown = {"operations": found, "contents": contents(thing), "thing": thing}
    crumbs = [
        crumb(_("For developers"), reverse("portal:developers")),
        crumb(ROOMS[found[0].room]),
        crumb(f"/api/v1/{thing}/"),
    ]
    return render_page(request, "portal/operations.html", shown, title=f"/api/v1/{thing}/", crumbs=crumbs)


def session(request: HttpRequest) -> HttpResponse:
    """The part of the Python client that is written by hand, to lay beside the generated one (open to strangers)."""
    answer = HttpResponse(developers.SESSION.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="session.py"'
    return answer


def contents(present: str = "") -> list[dict[str, Any]]:
    """The list of groups: rooms, and in each the kinds of things with the number of their operations."""
    rooms: dict[str, dict[str, int]] = {}
    for one in developers.operations():
        things = rooms.setdefault(one.room, {})
        things[one.thing] = things.get(one.thing, 0) + 1
    return [
        {
            "label": label,
            "is_open": present in rooms[room],
            "things": [{"name": name, "count": count, "is_present": name == present} for name, count in rooms[room].items()],
        }
        for room, label in ROOMS.items()
    ]  # fmt: skip


def _fits(one: developers.Operation, asked: str) -> bool:
    told = f"{one.name} {one.name.replace('_', ' ')} {one.template} {one.words} {one.summary} {one.more}".lower()
    return all(word in told for word in asked.lower().split())
