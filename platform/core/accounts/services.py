"""Writes about people and organisations that ask no permission."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core import clock
from core.accounts import uscc
from core.accounts.models import Invitation, Membership, Organisation, Person
from core.accounts.states import INVITATION, InvitationState, OrganisationKind, Role
from core.errors import Invalid

INVITATION_DAYS = 14


def create_person(*, email: str, name: str, password: str | None, **fields: object) -> Person:
    """A new account; raises Invalid beside `email`, `name` or `password`."""
    email = checked_email(email)
    if not name.strip():
        raise Invalid(_("Please give a name."), field="name")
    if Person.objects.filter(email__iexact=email).exists():
        raise Invalid(
            _("There is an account with this e-mail; sign in, or reset its password."),
            field="email",
            code="email_taken",
        )
    check_password(password, Person(email=email, name=name))
    return Person.objects.create_user(email, password, name=name.strip(), **fields)


def checked_email(email: str) -> str:
    """The address in small letters; raises Invalid beside `email` when it is none."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address."), field="email") from None
    return email


def check_password(password: str | None, person: Person) -> None:
    """Nothing, or Invalid beside `password` with every reason."""
    if password is None:
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None


def create_organisation(*, name: str, code: str, kinds: list[str], **fields: object) -> Organisation:
    """A new organisation waiting for verification; raises Invalid beside `uscc`, `name` or `kinds`."""
    code = uscc.checked(code)
    if not name.strip():
        raise Invalid(_("Please give the organisation's name."), field="name")
    code = free_code(code)
    return Organisation.objects.create(name=name.strip(), uscc=code, kinds=known_kinds(kinds), **fields)


def known_kinds(kinds: list[str]) -> list[str]:
    """The kinds without repetition; at least one, all known."""
    chosen = list(dict.fromkeys(kinds))
    if not chosen:
        raise Invalid(_("Choose at least one kind of organisation."), field="kinds")
    strange = [kind for kind in chosen if kind not in OrganisationKind.values]
    if strange:
        raise Invalid(_("Unknown kind of organisation: %s.") % ", ".join(strange), field="kinds")
    return chosen


def no_operator(kinds: Iterable[str]) -> None:
    """Nothing, or Invalid beside `kinds`: nobody makes themselves the platform's operator."""
    if OrganisationKind.OPERATOR in kinds:
        raise Invalid(_("The operator's kind is given by the operator alone."), field="kinds")


def free_code(code: str, *, but: Organisation | None = None) -> str:
    """The code in capitals, when it is well-formed and no organisation but this one is registered under it."""
    code = uscc.checked(code)
    others = Organisation.objects.filter(uscc=code)
    if (others.exclude(pk=but.pk) if but is not None else others).exists():
        raise Invalid(
            _("An organisation with this code is registered; ask its admin to invite you."),
            field="uscc",
            code="uscc_taken",
        )
    return code


def known_roles(roles: list[str], organisation: Organisation) -> list[str]:
    """The roles without repetition; approver is for the operator alone."""
    chosen = list(dict.fromkeys(roles))
    strange = [role for role in chosen if role not in Role.values]
    if strange:
        raise Invalid(_("Unknown role: %s.") % ", ".join(strange), field="roles")
    if Role.APPROVER in chosen and OrganisationKind.OPERATOR not in organisation.kinds:
        raise Invalid(_("Only the platform operator has stage-fund approvers."), field="roles")
    return chosen


def lock_seats(organisation_id: UUID) -> Organisation:
    """The organisation, whose seats nobody else changes until the transaction ends; to be taken before any seat."""
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def an_admin_remains(organisation: Organisation) -> None:
    """Nothing, or Invalid beside `roles` when nobody is left who could give others a seat."""
    seats = Membership.objects.filter(organisation=organisation, is_active=True, person__is_active=True)
    if not seats.filter(roles__contains=[Role.ADMIN]).exists():
        raise Invalid(_("An organisation needs at least one admin; make somebody else admin first."), field="roles")


def end_seat(row: Membership) -> None:
    """The seat ends, and with it every invitation that would open it again."""
    row.is_active, row.left_at = False, clock.now()
    row.save(update_fields=["is_active", "left_at"])
    withdraw_invitations(row.organisation, row.person.email)


def withdraw_invitations(organisation: Organisation, email: str) -> int:
    """Take back what was sent to the address and lies open; gives how many there were."""
    lying = Invitation.objects.filter(organisation=organisation, email__iexact=email, state=InvitationState.SENT)
    return lying.update(state=INVITATION.after(InvitationState.SENT, "withdraw_invitation"))


def seat(person: Person, organisation: Organisation, roles: list[str]) -> Membership:
    """The person's place in the organisation, opened or opened again with these roles."""
    row, _fresh = Membership.objects.update_or_create(
        person=person,
        organisation=organisation,
        defaults={"roles": known_roles(roles, organisation), "is_active": True, "left_at": None},
    )
    return row


def issue_invitation(
    *, organisation: Organisation, email: str, roles: list[str], invited_by: Person
) -> tuple[Invitation, str]:
    """An invitation and its token, which is told once and kept only as a hash; an earlier one is worth nothing any more."""
    email = checked_email(email)
    if Membership.objects.filter(organisation=organisation, person__email__iexact=email, is_active=True).exists():
        raise Invalid(_("This person is a member already."), field="email")
    withdraw_invitations(organisation, email)
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        organisation=organisation,
        email=email,
        roles=known_roles(roles, organisation),
        invited_by=invited_by,
        token_hash=hashed(token),
        expires_at=clock.now() + dt.timedelta(days=INVITATION_DAYS),
    )
    return row, token


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
