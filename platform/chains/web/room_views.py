"""Joint rooms of chains: the list, the room with its notes and its table, and what its sides do (R130)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.actions import joint_room as actions
from chains.models import JointRoom, JointRoomMember, JointRoomSide, LeaderDesignation
from chains.queries import (
    chains_led_by,
    is_in_room,
    joint_rooms_visible_to,
    sides_led_by,
    templates_between,
    terms_between,
)
from chains.states import JOINT_ROOM, JointRoomState, RoomMemberState
from chains.web import room_forms as forms
from chains.web.doors import act, actor_of
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page

NOTES = 20


class JointRooms(tables.Table):
    columns = [
        tables.Column(
            "title", _("Joint room"), sort="title", is_primary=True, link=lambda row: reverse("chains:joint_room", args=[row.pk])
        ),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("sides", _("Chains"), value=lambda row: " · ".join(str(one.chain) for one in row.sides.all())),
        tables.Column("proposed_for", _("Proposed by"), value="proposed_for.name", sort="proposed_for__name"),
        tables.Column("created_at", _("Proposed on"), kind="date", sort="created_at"),
        tables.Column("opened_at", _("Open since"), kind="date", sort="opened_at"),
    ]  # fmt: skip
    filters = [
        tables.Choice("state", _("State"), choices=JointRoomState.choices, facet=True),
        tables.DateRange("proposed", _("Proposed on"), lookup="created_at", is_moment=True),
    ]
    search = ["title", "purpose", "proposed_for__name"]
    default_sort = "-created_at"
    file_name = "joint-rooms"
    empty = tables.Empty(
        _("No joint room yet"),
        _(
            "Where two chains meet the same question, one leader proposes a room and the other agrees; nobody outside sees it."
        ),
        icon="users",
    )


class Notes(tables.Table):
    columns = [
        tables.Column("created_at", _("When"), kind="datetime", sort="created_at", is_primary=True),
        tables.Column("organisation", _("Organisation"), value="organisation.name", sort="organisation__name"),
        tables.Column("author", _("Person"), value=lambda row: str(row.author or "")),
        tables.Column("text", _("What was said")),
    ]
    filters = [tables.DateRange("written", _("When"), lookup="created_at", is_moment=True)]
    search = ["text", "organisation__name"]
    default_sort = "-created_at"
    file_name = "notes"
    empty = tables.Empty(_("Nothing is written yet"), _("What the room's organisations say to each other stands here."))


def list_joint_rooms(request: HttpRequest) -> HttpResponse:
    """The rooms of the chains that one leads, and those one was asked into."""
    actor = actor_of(request)
    sides = Prefetch("sides", JointRoomSide.objects.select_related("chain"))
    rows = joint_rooms_visible_to(actor).select_related("proposed_for").prefetch_related(sides)
    buttons: list[dict[str, Any]] = []
    if _may_propose(actor):
        url = reverse("chains:propose_joint_room")
        buttons.append({"label": _("Propose a joint room"), "url": url, "icon": "plus", "primary": True})
    return tables.render(request, JointRooms(rows), title=_("Joint rooms"), actions=buttons)


def joint_room_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The purpose, the sides, the table, what is said; who was asked in and has not joined reads the purpose alone."""
    actor = actor_of(request)
    room = policy.fetch(actor, "chains.view_joint_room", JointRoom, pk)
    present = Prefetch(
        "chain__designations", LeaderDesignation.objects.filter(until__isnull=True).select_related("organisation")
    )
    sides = list(room.sides.select_related("chain", "agreed_for").prefetch_related(present))
    shown: dict[str, Any] = {
        "room": room, "stated": room, "sides": sides, "is_in": is_in_room(actor, room), "actions": _moves(actor, room),
        "waiting": [one for one in sides if one.agreed_at is None and room.state == JointRoomState.PROPOSED],
    }  # fmt: skip
    if shown["is_in"]:
        seats = room.members.exclude(state=RoomMemberState.LEFT).select_related("organisation", "chain")
        ours = set(sides_led_by(actor, room).values_list("chain_id", flat=True))
        may_remove = policy.can(actor, "chains.remove_from_joint_room", room)
        shown |= {
            "seats": [(one, may_remove and one.chain_id in ours) for one in seats], "terms": list(terms_between(room)),
            "notes": list(room.notes.select_related("organisation", "author")[:NOTES]), "note_count": room.notes.count(),
            "may_write": room.state == JointRoomState.OPEN and policy.can(actor, "chains.write_note", room),
            "timeline": book.timeline(room, limit=10), "templates": list(templates_between(actor, room)),
            "may_share": any(policy.can(actor, "chains.propose_benefit_template", one.chain) for one in sides),
        }  # fmt: skip
    facts = [(_("Proposed by"), room.proposed_for.name), (_("Chains"), " · ".join(str(one.chain) for one in sides))]
    return render_page(
        request, "chains/joint_room.html", shown, title=room.title, crumbs=_crumbs(room, is_last=True), facts=facts
    )


def propose_joint_room(request: HttpRequest) -> HttpResponse:
    """Propose a room; one of one's own chains with others."""
    actor = actor_of(request)
    led = list(chains_led_by(actor.organisation))
    policy.require(actor, "chains.propose_joint_room", led[0] if led else None)
    asked = request.GET.get("chain", "")
    first = next((str(one.pk) for one in led if str(one.pk) == asked or len(led) == 1), "")
    return form_page(
        request, "components/form_page.html", forms.RoomForm, action=actions.propose_joint_room, title=_("Propose a joint room"),
        submit=_("Propose"), crumbs=[*_crumbs(None), crumb(_("Propose a joint room"))], form_kwargs={"actor": actor},
        initial={"chain": first}, success=lambda room: _page(room.pk), draft="joint-room", message=_("Proposed. The other side is asked."),
    )  # fmt: skip


@require_POST
def agree_to_joint_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.agree_to_joint_room, room_id=pk, success=_page(pk), message=_("Agreed."))


@require_POST
def join_joint_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.join_joint_room, room_id=pk, success=_page(pk), message=_("You take part now."))


@require_POST
def leave_joint_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    home = reverse("chains:joint_rooms")
    return act(
        request, actions.leave_joint_room, room_id=pk, success=home, message=_("Your organisation has left the room.")
    )


def close_joint_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    room = policy.fetch(actor, "chains.close_joint_room", JointRoom, pk)
    return _form(
        request, room, forms.ReasonForm, partial(actions.close_joint_room, room_id=pk), _closing(actor, room), message=_("Closed."),
        context={"cancel_url": _page(pk), "cannot_undo": _("A closed room is not opened again; what was said stays readable.")},
    )  # fmt: skip


def invite_to_joint_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    room = policy.fetch(actor, "chains.invite_to_joint_room", JointRoom, pk)
    sides = list(sides_led_by(actor, room).select_related("chain"))
    return _form(
        request, room, forms.InviteForm, partial(actions.invite_to_joint_room, room_id=pk), _("Ask an organisation in"),
        form_kwargs={"room": room, "sides": sides}, message=_("Asked; the organisation decides itself."),
    )  # fmt: skip


def remove_from_joint_room(request: HttpRequest, pk: UUID, member_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    room = policy.fetch(actor, "chains.remove_from_joint_room", JointRoom, pk)
    seat = policy.fetch(actor, "chains.view_joint_room_member", JointRoomMember, member_id)
    run = partial(actions.remove_from_joint_room, room_id=pk, organisation=seat.organisation_id)
    words = _("End the part of an organisation")
    return _form(request, room, forms.ReasonForm, run, words, context={"intro": seat.organisation.name})


def write_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    room = policy.fetch(actor_of(request), "chains.write_note", JointRoom, pk)
    run = partial(actions.write_note, room_id=pk)
    return _form(request, room, forms.NoteForm, run, _("Write to the room"), draft=f"note-{pk}", submit=_("Send"))


def list_notes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that was said in the room."""
    room = policy.fetch(actor_of(request), "chains.view_notes", JointRoom, pk)
    table = Notes(room.notes.select_related("organisation", "author"))
    return tables.render(request, table, title=_("What was said"), crumbs=[*_crumbs(room), crumb(_("What was said"))])


def _may_propose(actor: Actor) -> bool:
    led = chains_led_by(actor.organisation).first()
    return led is not None and policy.can(actor, "chains.propose_joint_room", led)


def _moves(actor: Actor, room: JointRoom) -> list[dict[str, Any]]:
    """The buttons: what the state allows and the rules allow too."""
    moves = [one for one in JOINT_ROOM.open_moves(room.state) if policy.can(actor, f"chains.{one}", room)]
    buttons: list[dict[str, Any]] = []

    def button(name: str, label: Any, icon: str, **extra: Any) -> None:
        buttons.append({"label": label, "url": reverse(f"chains:{name}", args=[room.pk]), "icon": icon, **extra})

    if "agree_to_joint_room" in moves and sides_led_by(actor, room).filter(agreed_at__isnull=True).exists():
        button("agree_to_joint_room", _("Agree"), "check", post=True, primary=True)
    if room.state == JointRoomState.OPEN:
        seat = room.members.filter(organisation=actor.organisation).first()
        if policy.can(actor, "chains.invite_to_joint_room", room):
            button("invite_to_joint_room", _("Ask an organisation in"), "plus")
        if seat is not None and policy.can(actor, "chains.join_joint_room", room):
            if seat.state == RoomMemberState.INVITED:
                button("join_joint_room", _("Join"), "check", post=True, primary=True)
            words = _("Decline") if seat.state == RoomMemberState.INVITED else _("Leave the room")
            button("leave_joint_room", words, "logout", post=True)
    if "close_joint_room" in moves:
        button("close_joint_room", _closing(actor, room), "x")
    return buttons


def _closing(actor: Actor, room: JointRoom) -> Any:
    """What closing means: of an open room, of a proposal that waits for us, of our own proposal."""
    if room.state == JointRoomState.OPEN:
        return _("Close the room")
    return _("Decline") if sides_led_by(actor, room).filter(agreed_at__isnull=True).exists() else _("Take back")


def _page(pk: UUID) -> str:
    return reverse("chains:joint_room", args=[pk])


def _form(request: HttpRequest, room: JointRoom, form: Any, run: Any, title: Any, **extra: Any) -> HttpResponse:
    extra.setdefault("message", _("Saved."))
    extra.setdefault("context", {"cancel_url": _page(room.pk)})
    return form_page(
        request, "components/form_page.html", form, action=run, title=title, crumbs=[*_crumbs(room), crumb(title)],
        success=_page(room.pk), **extra,
    )  # fmt: skip


def _crumbs(room: JointRoom | None, *, is_last: bool = False) -> list[Crumb]:
    steps = [crumb(_("Joint rooms"), reverse("chains:joint_rooms"))]
    return steps if room is None else [*steps, crumb(room.title, "" if is_last else _page(room.pk))]
