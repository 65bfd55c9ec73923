"""Organisations: directory, registration, verification, members, machine clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book
from core.access import policy
from core.accounts import actions
from core.accounts.middleware import act_for
from core.accounts.models import Membership, Organisation, SecondFactor
from core.accounts.queries import organisations_visible_to
from core.accounts.rules import clients_visible_to, invitations_visible_to, memberships_visible_to
from core.accounts.states import ORGANISATION, OrganisationKind, OrganisationState, Role
from core.accounts.web import changes as change_pages
from core.accounts.web import forms
from core.errors import NotAllowed
from core.web import tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page


def kind_words(row: Organisation) -> list[str]:
    """The kinds in the reader's language."""
    return change_pages.kind_words(row.kinds)


class Organisations(tables.Table):
    columns = [
        tables.Column(
            "name",
            _("Organisation"),
            sort="name",
            is_primary=True,
            link=lambda row: reverse("accounts:organisation", args=[row.pk]),
        ),
        tables.Column("kinds", _("Kinds"), value=kind_words),
        tables.Column("uscc", _("Unified social credit code"), kind="code", sort="uscc"),
        tables.Column("region_code", _("Region"), sort="region_code"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("created_at", _("Registered"), kind="date", sort="created_at"),
    ]
    filters = [
        tables.Choice(
            "kind",
            _("Kind"),
            choices=OrganisationKind.choices,
            lookup="kinds__contains",
            apply=lambda value: Q(kinds__contains=[value]),
        ),
        tables.Choice("state", _("State"), choices=OrganisationState.choices, facet=True),
    ]
    search = ["name", "name_en", "uscc", "intro"]
    default_sort = "name"
    file_name = "organisations"
    empty = tables.Empty(_("No organisation here yet"), _("Organisations appear once they are registered."))


class Members(tables.Table):
    columns = [
        tables.Column("person", _("Person"), value="person.name", sort="person__name", is_primary=True),
        tables.Column("email", _("E-mail"), value="person.email", sort="person__email"),
        tables.Column("roles", _("Roles"), value=lambda row: [str(Role(role).label) for role in row.roles]),
        tables.Column("is_active", _("Active"), kind="yes_no", sort="is_active"),
        tables.Column("created_at", _("Since"), kind="date", sort="created_at"),
        tables.Column("act", "", template="accounts/_member_actions.html", in_file=False, value=lambda row: row),
    ]
    search = ["person__name", "person__email"]
    default_sort = "created_at"
    file_name = "members"


def list_organisations(request: HttpRequest) -> HttpResponse:
    """The directory of innovators and firms (R001): filtered, sorted, exported."""
    _signed_in(request)
    actor = request.actor  # type: ignore[attr-defined]
    rows = organisations_visible_to(actor)
    buttons = [
        {"label": _("Register an organisation"), "url": reverse("accounts:register_organisation"), "icon": "plus"}
    ]
    if policy.can(actor, "accounts.take_second_factor"):
        label = _("Take a lost second factor away")
        buttons.append({"label": label, "url": reverse("accounts:take_second_factor"), "icon": "shield-check"})
    return tables.render(request, Organisations(rows), title=_("Organisations"), actions=buttons)


def organisation_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One organisation: who it is, its state, and what the reader may do about it."""
    actor = request.actor  # type: ignore[attr-defined]
    row = policy.fetch(actor, "accounts.view_organisation", Organisation, pk)
    moves = [move for move in ORGANISATION.open_moves(row.state) if policy.can(actor, f"accounts.{move}", row)]
    own = actor.belongs_to(row)
    shown = {
        "organisation": row,
        **change_pages.shown(actor, row),
        "kinds": kind_words(row),
        "moves": moves,
        "can_edit": policy.can(actor, "accounts.edit_organisation", row),
        "is_own": own,
        "people": _people(row) if policy.can(actor, "accounts.take_second_factor") else [],
        "timeline": book.timeline(row) if own or actor.is_platform_admin else [],
    }
    return render_page(request, "accounts/organisation.html", shown, title=row.name, crumbs=_crumbs(row.name))


def _people(row: Organisation) -> QuerySet[Membership]:
    """Who has a seat there, each with whether a second factor protects them."""
    has_one = Exists(SecondFactor.objects.filter(person=OuterRef("person")))
    seats = Membership.objects.filter(organisation=row, is_active=True).select_related("person")
    return seats.annotate(has_factor=has_one).order_by("person__name", "pk")[:200]


def register_organisation(request: HttpRequest) -> HttpResponse:
    """Register an organisation; the operator then verifies it (R027)."""
    _signed_in(request)

    def home(organisation: Organisation) -> str:
        act_for(request, organisation)
        return "/"

    return form_page(
        request,
        "components/form_page.html",
        forms.NewOrganisation,
        action=actions.register_organisation,
        success=home,
        title=_("Register an organisation"),
        crumbs=_crumbs(_("Register an organisation")),
        submit=_("Register"),
        message=_("Registered. The operator compares the papers and verifies."),
        draft="organisation",
    )


@require_POST
def verify_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _button(request, actions.verify_organisation, pk, _("Verified."))


@require_POST
def resubmit_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _button(request, actions.resubmit_organisation, pk, _("Sent to the operator again."))


@require_POST
def restore_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _button(request, actions.restore_organisation, pk, _("The organisation acts again."))


def reject_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(
        request, actions.reject_organisation, "accounts.reject_organisation", pk, _("Return the registration")
    )


def suspend_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(
        request, actions.suspend_organisation, "accounts.suspend_organisation", pk, _("Suspend the organisation")
    )


def list_members(request: HttpRequest) -> HttpResponse:
    """The people of the acting organisation, its invitations and machine clients."""
    _signed_in(request)
    actor = request.actor  # type: ignore[attr-defined]
    if actor.organisation is None:
        raise NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    rows = memberships_visible_to(actor).filter(organisation=actor.organisation)
    shown = {
        "invitations": invitations_visible_to(actor).filter(state="sent").order_by("-created_at")[:50],
        "clients": clients_visible_to(actor).select_related("application").order_by("name")[:50],
        "organisation": actor.organisation,
        "is_admin": policy.can(actor, "accounts.invite_member", actor.organisation),
    }
    return tables.render(
        request, Members(rows), title=_("Members and access"), template="accounts/members.html", context=shown
    )


def invite_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite somebody by e-mail."""
    row = policy.fetch(request.actor, "accounts.invite_member", Organisation, pk)  # type: ignore[attr-defined]

    def act(actor: Any, **values: Any) -> Any:
        return actions.invite_member(actor=actor, organisation_id=pk, **values)

    return form_page(
        request,
        "components/form_page.html",
        forms.Invite,
        action=act,
        success=reverse("accounts:members"),
        submit=_("Invite"),
        title=_("Invite a member"),
        crumbs=[crumb(row.name, reverse("accounts:members")), crumb(_("Invite a member"))],
        message=_("Invited; the link is on its way."),
    )


def set_roles(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a member may do."""
    seat = policy.fetch(request.actor, "accounts.set_roles", Membership, pk)  # type: ignore[attr-defined]

    def act(actor: Any, **values: Any) -> Any:
        return actions.set_roles(actor=actor, membership_id=pk, **values)

    return form_page(
        request,
        "components/form_page.html",
        forms.Roles,
        action=act,
        success=reverse("accounts:members"),
        initial={"roles": seat.roles},
        title=_("Roles of %(name)s") % {"name": seat.person.name},
        message=_("Saved."),
        crumbs=[crumb(_("Members and access"), reverse("accounts:members")), crumb(seat.person.name)],
    )


@require_POST
def remove_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request,
        actions.remove_member,
        membership_id=pk,
        success=reverse("accounts:members"),
        message=_("The seat ended."),
    )


@require_POST
def withdraw_invitation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request,
        actions.withdraw_invitation,
        invitation_id=pk,
        success=reverse("accounts:members"),
        message=_("Withdrawn."),
    )


def create_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A machine client; its secret is on the answering page and nowhere else."""
    row = policy.fetch(request.actor, "accounts.create_client", Organisation, pk)  # type: ignore[attr-defined]
    crumbs = [crumb(_("Members and access"), reverse("accounts:members")), crumb(_("New machine client"))]
    if request.method == "POST":
        form = forms.NewClient(request.POST)
        if form.is_valid():
            client = actions.create_client(actor=request.actor, organisation_id=row.pk, **form.cleaned_data)  # type: ignore[attr-defined]
            return render_page(
                request, "accounts/client_created.html", {"client": client}, title=client.name, crumbs=crumbs
            )
    return form_page(
        request,
        "components/form_page.html",
        forms.NewClient,
        action=lambda **_values: None,
        success=reverse("accounts:members"),
        title=_("New machine client"),
        crumbs=crumbs,
        submit=_("Create"),
    )


@require_POST
def revoke_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request,
        actions.revoke_client,
        client_id=pk,
        success=reverse("accounts:members"),
        message=_("The client and its tokens ended."),
    )


def _button(request: HttpRequest, action: Any, pk: UUID, message: Any) -> HttpResponse:
    return do(request, action, organisation_id=pk, success=reverse("accounts:organisation", args=[pk]), message=message)


def _with_reason(request: HttpRequest, action: Any, rule: str, pk: UUID, title: Any) -> HttpResponse:
    row = policy.fetch(request.actor, rule, Organisation, pk)  # type: ignore[attr-defined]

    def act(actor: Any, **values: Any) -> Any:
        return action(actor=actor, organisation_id=pk, **values)

    return form_page(
        request,
        "components/form_page.html",
        forms.Reason,
        action=act,
        title=title,
        submit=title,
        success=reverse("accounts:organisation", args=[pk]),
        crumbs=_crumbs(row.name, pk),
    )


def _crumbs(last: Any, pk: UUID | None = None) -> list[Any]:
    middle = [crumb(last, reverse("accounts:organisation", args=[pk]))] if pk else [crumb(last)]
    return [crumb(_("Organisations"), reverse("accounts:organisations")), *middle]


def _signed_in(request: HttpRequest) -> None:
    if not request.actor.is_signed_in:  # type: ignore[attr-defined]
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
