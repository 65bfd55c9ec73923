"""Putting needs on the table of a joint room, and taking them off (R130)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.models import JointRoom
from core.access import policy
from core.web import forms
from core.web.forms import form_page
from core.web.page import crumb
from needs.actions import joint_room as actions
from needs.models.joint_room import TableNeed
from needs.queries.joint_room import needs_for_table
from needs.web.doors import act, actor_of


class TableForm(forms.Form):
    need = forms.SelectField(
        label=_("Need"),
        help_text=_(
            "Published needs of your organisation. Putting one here shows it to nobody who may not read it already."
        ),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = choices  # type: ignore[attr-defined]


def put_on_table(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Choose one of one's own published needs."""
    actor = actor_of(request)
    room = policy.fetch(actor, "needs.put_on_table", JointRoom, room_id)
    home = reverse("chains:joint_room", args=[room_id])
    choices = [(str(one.pk), f"{one.code} {one.title}") for one in needs_for_table(actor, room)[:1000]]
    return form_page(
        request, "components/form_page.html", TableForm, action=partial(actions.put_on_table, room=room_id),
        title=_("Put a need on the table"), submit=_("Put on the table"), success=home, form_kwargs={"choices": choices},
        crumbs=[crumb(_("Joint rooms"), reverse("chains:joint_rooms")), crumb(room.title, home), crumb(_("Put a need on the table"))],
        message=_("It lies on the table."), context={"cancel_url": home},
    )  # fmt: skip


@require_POST
def take_off_table(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.view_table_need", TableNeed, pk)
    home = reverse("chains:joint_room", args=[row.room_id])
    return act(request, actions.take_off_table, row_id=pk, success=home, message=_("Taken off the table."))


urlpatterns = [
    path("joint-rooms/<uuid:room_id>/put/", put_on_table, name="put_on_table"),
    path("on-table/<uuid:pk>/take-off/", take_off_table, name="take_off_table"),
]
