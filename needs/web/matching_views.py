"""What fits a need, why, and who is invited to solve it (R121)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.search.labels import GROUPS
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import matching as actions
from needs.models.matching import Dismissal, SolverInvitation
from needs.models.need import Need
from needs.models.result import Capability, Result
from needs.queries.matching import found_match, invitations_visible_to, matches_of
from needs.services.need import need_link
from needs.states.matching import INVITATION, InvitationState
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm


class InviteForm(forms.Form):
    message = forms.LongTextField(
        label=_("Message"), rows=4, required=False, help_text=_("They read it beside the need.")
    )


class InterestForm(forms.Form):
    answer = forms.LongTextField(label=_("Answer"), rows=4, required=False)


class Invitations(tables.Table):
    columns = [
        tables.Column("need", _("Need"), value="need.title", sort="need__title", is_primary=True, note=lambda row: row.need.code,
                      link=actions.invitation_link),
        tables.Column("owner", _("Owner"), value="need.owner.name", sort="need__owner__name"),
        tables.Column("organisation", _("Invited"), value="organisation.name", sort="organisation__name"),
        tables.Column("created_at", _("Sent"), kind="date", sort="created_at"),
        tables.Column("answer", _("Answer")),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [tables.Choice("state", _("State"), choices=InvitationState.choices, facet=True)]
    search = ["need__title", "need__code", "organisation__name"]
    default_sort = "-created_at"
    file_name = "invitations"
    empty = tables.Empty(
        _("Nobody is invited yet"),
        _("From the matches of a need its owner invites whoever could solve it."),
        icon="send",
    )


def matches_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every match of the need with its reason; `?across=no` leaves other chains out, `?group=` shows one kind."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)
    across, group = request.GET.get("across") != "no", request.GET.get("group", "")
    matches = matches_of(actor, need, across=across, group=group if group in GROUPS else "")
    groups = [(key, label, matches.groups[key]) for key, label in GROUPS.items() if key in matches.groups]
    shown = {
        "need": need, "matches": matches, "across": across, "group": group, "groups": groups, "may_dismiss": policy.can(actor, "needs.dismiss_match", need),
        "may_invite": policy.can(actor, "needs.invite_solver", need),
    }  # fmt: skip
    return render_page(
        request, "needs/matches.html", shown, title=_("Matches"), crumbs=_crumbs(need, _("Matches")),
        facts=[(_("Chain"), str(need.chain)), (_("Node"), str(need.node))],
    )  # fmt: skip


def dismiss_match(request: HttpRequest, pk: UUID, found: UUID) -> HttpResponse:
    return _about(request, pk, found, "dismiss_match", ReasonForm, _("Does not fit"), _("It shows no more."))


def invite_solver(request: HttpRequest, pk: UUID, found: UUID) -> HttpResponse:
    return _about(request, pk, found, "invite_solver", InviteForm, _("Invite to solve it"), _("Invited."))


@require_POST
def restore_match(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_dismissal", Dismissal, pk)
    back = _back(actor, row.subject_id, row.object_id)
    return act(request, actions.restore_match, dismissal_id=pk, success=back, message=_("It shows again."))


def list_invitations(request: HttpRequest) -> HttpResponse:
    """Whom one's organisation invited, and what it was invited to."""
    rows = invitations_visible_to(actor_of(request)).select_related("need__owner", "organisation")
    return tables.render(
        request, Invitations(rows), title=_("Invitations to solve needs"),
        crumbs=[crumb(_("Need library"), reverse("needs:needs")), crumb(_("Invitations to solve needs"))],
    )  # fmt: skip


def invitation_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who invites whom to which need, and the answer."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_solver_invitation", SolverInvitation, pk)
    moves = [move for move in INVITATION.open_moves(row.state) if policy.can(actor, f"needs.{move}", row)]
    because = found_match(actor, row.need, row.object_id) if row.object_id else None
    shown = {"invitation": row, "moves": moves, "stated": row, "because": because, "timeline": book.timeline(row)}
    facts = [(_("Owner"), row.need.owner.name), (_("Invited"), row.organisation.name)]
    crumbs = [
        *_crumbs(row.need)[:1],
        crumb(_("Invitations to solve needs"), reverse("needs:solver_invitations")),
        crumb(row.need.code),
    ]
    return render_page(request, "needs/solver_invitation.html", shown, title=row.need.title, crumbs=crumbs, facts=facts)


def accept_solving(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.accept_solving, InterestForm, _("We are interested"))


def decline_solving(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.decline_solving, ReasonForm, _("Decline"))


@require_POST
def withdraw_solving(request: HttpRequest, pk: UUID) -> HttpResponse:
    back = reverse("needs:solver_invitation", args=[pk])
    return act(request, actions.withdraw_solving, invitation_id=pk, success=back, message=_("Taken back."))


def _about(request: HttpRequest, pk: UUID, found: UUID, name: str, form: Any, title: Any, message: Any) -> HttpResponse:
    actor = actor_of(request)
    need = policy.fetch(actor, f"needs.{name}", Need, pk)
    document = found_match(actor, need, found)
    intro = f"{document.title} · {document.organisation}" if document is not None else ""
    return form_page(
        request, "components/form_page.html", form, action=partial(getattr(actions, name), need_id=pk, object_id=found), title=title,
        submit=title, crumbs=_crumbs(need, title), context={"intro": intro}, success=_back(actor, pk, found), message=message,
    )  # fmt: skip


def _back(actor: Actor, need_id: UUID, found: UUID) -> str:
    """The page of one's own result or capability, else the matches of the need."""
    for name, model in (("result", Result), ("capability", Capability)):
        if actor.organisation_id and model.objects.filter(pk=found, owner=actor.organisation_id).exists():
            return reverse(f"needs:{name}", args=[found]) + "#matches"
    return reverse("needs:matches", args=[need_id])


def _answer(request: HttpRequest, pk: UUID, action: Any, form: Any, title: Any) -> HttpResponse:
    row = policy.fetch(actor_of(request), f"needs.{action.__name__}", SolverInvitation, pk)
    return form_page(
        request, "components/form_page.html", form, action=partial(action, invitation_id=pk), title=title, submit=title,
        crumbs=_crumbs(row.need, title), success=actions.invitation_link(row), message=_("Answered."),
    )  # fmt: skip


def _crumbs(need: Need, last: Any = "") -> list[Any]:
    steps = [crumb(_("Need library"), reverse("needs:needs")), crumb(need.code, need_link(need))]
    return [*steps, crumb(last)] if last else steps
