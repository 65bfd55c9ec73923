"""Reads about people and organisations."""

from __future__ import annotations

from django.db.models import QuerySet

from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person
from core.accounts.states import OrganisationState, Role


def organisations_visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Verified organisations to everyone signed in; others to their members and to the operator."""
    if not actor.is_signed_in:
        return Organisation.objects.none()
    if actor.is_operator or actor.is_system:
        return Organisation.objects.all()
    verified = Organisation.objects.filter(state=OrganisationState.VERIFIED)
    if actor.person is None and actor.organisation is not None:
        return verified | Organisation.objects.filter(pk=actor.organisation.pk)
    own = Membership.objects.filter(person=actor.person, is_active=True).values("organisation_id")
    return verified | Organisation.objects.filter(pk__in=own)


def members_with_role(organisation: Organisation, *roles: str) -> QuerySet[Person]:
    """The active people who hold one of the roles in the organisation; all members when none is named."""
    seats = Membership.objects.filter(organisation=organisation, is_active=True)
    wanted = [str(role) for role in roles if role != Role.MEMBER]
    if wanted and Role.MEMBER not in roles:
        seats = seats.filter(roles__overlap=wanted)
    return Person.objects.filter(pk__in=seats.values("person_id"), is_active=True)


def operators() -> QuerySet[Organisation]:
    """Who runs the platform."""
    return Organisation.objects.filter(state=OrganisationState.VERIFIED, kinds__contains=["operator"]).order_by("name")


def platform_admins() -> QuerySet[Person]:
    """The admins of verified operator organisations."""
    seats = Membership.objects.filter(
        is_active=True,
        roles__contains=[Role.ADMIN],
        organisation__state=OrganisationState.VERIFIED,
        organisation__kinds__contains=["operator"],
    )
    return Person.objects.filter(pk__in=seats.values("person_id"), is_active=True)


def experts() -> QuerySet[Person]:
    """People who offer to judge."""
    return Person.objects.filter(is_expert=True, is_active=True)
