"""Who may do what with organisations, members and machine clients."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_platform_admin
from core.accounts.actor import Actor
from core.accounts.models import (
    Invitation,
    LinkedSignOn,
    MachineClient,
    Membership,
    Organisation,
    OrganisationChange,
    SignedIn,
)
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationState, Role

GIVES_ACCESS = (OrganisationState.REGISTERED, OrganisationState.VERIFIED)


def is_admin_of(actor: Actor, organisation: Any) -> bool:
    """An admin, as a person, of this organisation, whatever its state."""
    return (
        isinstance(organisation, Organisation)
        and actor.belongs_to(organisation)
        and Role.ADMIN in actor.roles
        and actor.person is not None
    )


def opens_access(actor: Actor, organisation: Any) -> bool:
    """An admin of an organisation that is registered or verified: one that is shut lets nobody and nothing in."""
    return is_admin_of(actor, organisation) and organisation.state in GIVES_ACCESS


def gives_roles(actor: Actor, seat: Any) -> bool:
    """An admin, unless the organisation is suspended."""
    return is_admin_of(actor, seat.organisation) and seat.organisation.state != OrganisationState.SUSPENDED


def is_a_person(actor: Actor, obj: Any = None) -> bool:
    return actor.person is not None


def is_oneself(actor: Actor, row: Any) -> bool:
    return actor.person is not None and row.person_id == actor.person.pk


def is_own_seat(actor: Actor, seat: Any) -> bool:
    """One's own seat, in the organisation one acts for."""
    return is_oneself(actor, seat) and actor.belongs_to(seat.organisation_id)


def verifies(actor: Actor, organisation: Any) -> bool:
    """Platform admins, though never for the organisation they act for."""
    return is_platform_admin(actor) and not actor.belongs_to(organisation)


def takes_factors(actor: Actor, person: Any = None) -> bool:
    """Platform admins, though never for themselves."""
    return is_platform_admin(actor) and (person is None or person != actor.person)


def invitations_visible_to(actor: Actor) -> QuerySet[Invitation]:
    """Invitations of the acting organisation, to its admins."""
    if actor.organisation is None or Role.ADMIN not in actor.roles:
        return Invitation.objects.none()
    return Invitation.objects.filter(organisation=actor.organisation)


def memberships_visible_to(actor: Actor) -> QuerySet[Membership]:
    """The seats of the acting organisation, to its members; all to the operator."""
    if actor.organisation is None:
        return Membership.objects.none()
    rows = Membership.objects.select_related("person", "organisation")
    return rows if actor.is_platform_admin else rows.filter(organisation=actor.organisation)


def changes_visible_to(actor: Actor) -> QuerySet[OrganisationChange]:
    """What the acting organisation proposed of itself, to its people; all to the operator."""
    if actor.organisation is None:
        return OrganisationChange.objects.none()
    rows = OrganisationChange.objects.select_related("organisation")
    return rows if actor.is_platform_admin else rows.filter(organisation=actor.organisation)


def sessions_visible_to(actor: Actor) -> QuerySet[SignedIn]:
    """One's own browsers."""
    return SignedIn.objects.filter(person=actor.person) if actor.person is not None else SignedIn.objects.none()


def sign_ons_visible_to(actor: Actor) -> QuerySet[LinkedSignOn]:
    """One's own linked sign-ons."""
    return LinkedSignOn.objects.filter(person=actor.person) if actor.person is not None else LinkedSignOn.objects.none()


def clients_visible_to(actor: Actor) -> QuerySet[MachineClient]:
    """Machine clients of the acting organisation, to its admins."""
    if actor.organisation is None or Role.ADMIN not in actor.roles or actor.person is None:
        return MachineClient.objects.none()
    return MachineClient.objects.filter(organisation=actor.organisation)


policy.register(
    {
        "accounts.register_organisation": is_a_person,
        "accounts.edit_organisation": is_admin_of,
        "accounts.confirm_organisation_change": lambda actor, row: verifies(actor, row.organisation),
        "accounts.refuse_organisation_change": lambda actor, row: verifies(actor, row.organisation),
        "accounts.withdraw_organisation_change": lambda actor, row: is_admin_of(actor, row.organisation),
        "accounts.resubmit_organisation": is_admin_of,
        "accounts.verify_organisation": verifies,
        "accounts.reject_organisation": verifies,
        "accounts.suspend_organisation": verifies,
        "accounts.restore_organisation": verifies,
        "accounts.invite_member": opens_access,
        "accounts.withdraw_invitation": lambda actor, row: is_admin_of(actor, row.organisation),
        "accounts.set_roles": gives_roles,
        "accounts.remove_member": lambda actor, seat: is_admin_of(actor, seat.organisation),
        "accounts.create_client": opens_access,
        "accounts.revoke_client": lambda actor, row: is_admin_of(actor, row.organisation),
        "accounts.edit_profile": is_a_person,
        "accounts.set_up_second_factor": is_a_person,
        "accounts.remove_second_factor": is_a_person,
        "accounts.take_second_factor": takes_factors,
        "accounts.link_sign_on": is_a_person,
        "accounts.set_first_password": is_a_person,
        "accounts.set_password": is_a_person,
        "accounts.unlink_sign_on": is_oneself,
        "accounts.end_session": is_oneself,
        "accounts.end_other_sessions": is_a_person,
        "accounts.close_account": is_a_person,
        "accounts.take_own_data": is_a_person,
        "accounts.agree_to_privacy": is_a_person,
        "accounts.leave_organisation": is_own_seat,
        "accounts.merge_organisation": verifies,
        "accounts.ask_second_factor": is_admin_of,
    },
    told={
        "accounts.verify_organisation": _(
            "Only an admin of the platform's operator verifies, and not the own organisation."
        ),
        "accounts.confirm_organisation_change": _(
            "Only an admin of the platform's operator confirms how an organisation is registered, and not the own one."
        ),
        "accounts.take_second_factor": _(
            "Only an admin of the platform's operator takes a lost second factor away, and nobody their own."
        ),
        "accounts.invite_member": _(
            "Only an admin of the organisation invites members, and only while it is registered or verified."
        ),
        "accounts.set_roles": _("Only an admin of the organisation gives roles, and not while it is suspended."),
        "accounts.create_client": _(
            "Only an admin of the organisation creates machine clients, and only while it is registered or verified."
        ),
    },
    fresh=[
        "accounts.edit_organisation",
        "accounts.confirm_organisation_change",
        "accounts.refuse_organisation_change",
        "accounts.verify_organisation",
        "accounts.suspend_organisation",
        "accounts.restore_organisation",
        "accounts.invite_member",
        "accounts.set_roles",
        "accounts.remove_member",
        "accounts.create_client",
        "accounts.merge_organisation",
        "accounts.ask_second_factor",
        "accounts.set_up_second_factor",
        "accounts.remove_second_factor",
        "accounts.take_second_factor",
        "accounts.link_sign_on",
        "accounts.set_first_password",
        "accounts.unlink_sign_on",
        "accounts.end_session",
        "accounts.end_other_sessions",
        "accounts.close_account",
        "accounts.take_own_data",
    ],
    begins=[
        "accounts.invite_member",
        "accounts.create_client",
    ],
)
policy.visible(Organisation, "accounts.view_organisation", organisations_visible_to)
policy.visible(Membership, "accounts.view_membership", memberships_visible_to)
policy.visible(Invitation, "accounts.view_invitation", invitations_visible_to)
policy.visible(MachineClient, "accounts.view_client", clients_visible_to)
policy.visible(OrganisationChange, "accounts.view_organisation_change", changes_visible_to)
policy.visible(SignedIn, "accounts.view_session", sessions_visible_to)
policy.visible(LinkedSignOn, "accounts.view_sign_on", sign_ons_visible_to)
