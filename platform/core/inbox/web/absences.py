"""Pages on which people say who covers for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import Role
from core.inbox import actions
from core.inbox.models import Absence
from core.inbox.queries import absences_visible_to, beyond, colleagues
from core.inbox.web import forms
from core.inbox.web.views import a_person
from core.web import badges, display, tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page


def look_of(row: Absence) -> badges.Look:
    """Whether the absence is to come, lasts, or is over."""
    now = clock.now()
    if row.ended_at is not None or row.ends_at <= now:
        return badges.Look("quiet", "circle-check", str(_("Over")))
    return (
        badges.Look("info", "progress", str(_("Now")))
        if row.starts_at <= now
        else badges.Look("none", "circle-dashed", str(_("To come")))
    )


class Absences(tables.Table):
    columns = [
        tables.Column(
            "person", _("Who is away"), value="person.name", sort="person__name", is_primary=True,
            link=lambda row: reverse("inbox:absence", args=[row.pk]), note=lambda row: row.note,
        ),
        tables.Column("cover", _("Who covers"), value="cover.name", sort="cover__name"),
        tables.Column("starts_on", _("First day away"), kind="date", sort="starts_on"),
        tables.Column("ends_on", _("Last day away"), kind="date", sort="ends_on"),
        tables.Column("state", _("State"), value=look_of, template="inbox/_look.html", export=lambda row: str(look_of(row).label)),
    ]  # fmt: skip
    filters = [tables.DateRange("from", _("First day away"), lookup="starts_on")]
    search = ["person__name", "cover__name", "note"]
    default_sort = "-starts_on"
    file_name = "absences"
    empty = tables.Empty(
        _("Nobody is away"),
        _("Before you go, name a colleague who covers for you: your tasks show for both of you until you are back."),
        icon="beach",
    )


def list_absences(request: HttpRequest) -> HttpResponse:
    """One's own absences and those one covers; an admin sees all of the organisation."""
    actor = a_person(request)
    policy.require(actor, "inbox.name_cover", actor.organisation)
    rows = absences_visible_to(actor).select_related("person", "cover")
    buttons = [{"label": _("Name a cover"), "url": reverse("inbox:name_cover"), "icon": "plus", "primary": True}]
    return tables.render(
        request, Absences(rows), title=_("Absence and cover"), actions=buttons, crumbs=_crumbs(_("Absence and cover"))
    )


def name_cover(request: HttpRequest) -> HttpResponse:
    """Say from when to when a colleague covers for oneself."""
    actor = a_person(request)
    policy.require(actor, "inbox.name_cover", actor.organisation)
    assert actor.organisation is not None
    seats = colleagues(actor.organisation).exclude(person=actor.person)
    choices = [(str(seat.person_id), f"{seat.person} · {words_of(seat.roles)}") for seat in seats[:2000]]

    def act(actor: Actor, cover: str, **cleaned: Any) -> Absence:
        return actions.name_cover(actor=actor, cover=UUID(cover), **cleaned)

    return form_page(
        request, "components/form_page.html", forms.Cover, action=act, form_kwargs={"choices": choices},
        success=lambda row: reverse("inbox:absence", args=[row.pk]), title=_("Name a cover"), message=_("Your colleague was told."),
        crumbs=_crumbs(_("Name a cover"), inner=True), submit=_("Name the cover"), draft="absence",
    )  # fmt: skip


def absence_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is away and who covers, with what the cover cannot do."""
    actor = a_person(request)
    row = policy.fetch(actor, "inbox.view_absence", Absence, pk)
    is_over = row.ended_at is not None or row.ends_at <= clock.now()
    lacking = beyond(row)
    shown = {
        "absence": row,
        "look": look_of(row),
        "lacking": lacking,
        "roles": words_of(lacking.roles),
        "can_end": not is_over and policy.can(actor, "inbox.end_cover", row),
    }
    facts = [
        (_("Who covers"), row.cover.name), (_("First day away"), row.starts_on), (_("Last day away"), row.ends_on),
        (_("Organisation"), row.organisation.name),
    ]  # fmt: skip
    title = _("%(person)s is away") % {"person": row.person.name}
    return render_page(
        request, "inbox/absence.html", shown, title=title, crumbs=_crumbs(row.person.name, inner=True), facts=facts
    )


@require_POST
def end_cover(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request, actions.end_cover, absence_id=pk, success=reverse("inbox:absence", args=[pk]), message=_("The cover ended.")
    )  # fmt: skip


def words_of(roles: list[str]) -> str:
    """Roles as people read them."""
    named = [str(Role(role).label) for role in roles or [Role.MEMBER]]
    return "、".join(named) if display.in_chinese() else ", ".join(named)


def _crumbs(last: Any, *, inner: bool = False) -> list[Any]:
    first = [crumb(_("Inbox"), reverse("inbox:list"))]
    return [*first, *([crumb(_("Absence and cover"), reverse("inbox:absences"))] if inner else []), crumb(last)]
