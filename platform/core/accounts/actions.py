"""What people do with accounts and organisations (R027)."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oauth2_provider.models import Application

from core import book, clock, outbox
from core.access import policy
from core.accounts import entry, privacy, services, tasks
from core.accounts.actor import Actor
from core.accounts.events import OrganisationVerified
from core.accounts.models import Invitation, MachineClient, Membership, Organisation, Person
from core.accounts.queries import platform_admins
from core.accounts.states import INVITATION, ORGANISATION, OrganisationState, Role
from core.command import command
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox import services as inbox


def ask_for_account(*, actor: Actor, email: str, language: str = "zh-hans", wanted: str = "") -> str:
    """Have a message sent to an address: the link that opens an account, or word that there is one already.

    The answer is the same for both, and takes as long: the worker looks. `wanted` is where the link leads in the end.
    """
    email = services.checked_email(email)
    tasks.send_account_link(email, language, wanted)
    return email


@command
def register_person(
    *,
    actor: Actor,
    token: str,
    name: str,
    password: str,
    language: str = "zh-hans",
    is_expert: bool = False,
    expertise: str = "",
    agreed_to: str = "",
) -> Person:
    """Open an account for oneself, under the address to which the link with this token was sent.

    `agreed_to` is the version of the words on what is kept about people that one has read and agrees to.
    """
    person = services.create_person(
        email=entry.address_in(token), name=name, password=password, language=language, is_expert=is_expert,
        expertise=expertise,
    )  # fmt: skip
    privacy.agree(person, agreed_to)
    book.record(Actor(person=person), "register_person", person, after={"agreed_to": agreed_to})
    return person


@command
def edit_profile(*, actor: Actor, name: str, title: str, language: str, is_expert: bool, expertise: str) -> Person:
    """Change one's own name, title, language and expertise."""
    policy.require(actor, "accounts.edit_profile", actor.person)
    person = Person.objects.select_for_update().get(email=actor.person.email if actor.person else "")
    if not name.strip():
        raise Invalid(_("Please give a name."), field="name")
    person.name, person.title, person.language = name.strip(), title, language
    person.is_expert, person.expertise = is_expert, expertise
    person.save(update_fields=["name", "title", "language", "is_expert", "expertise"])
    book.record(actor, "edit_profile", person)
    return person


@command
def register_organisation(
    *,
    actor: Actor,
    name: str,
    uscc: str,
    kinds: list[str],
    name_en: str = "",
    region_code: str = "",
    address: str = "",
    intro: str = "",
    website: str = "",
) -> Organisation:
    """Register an organisation; who registers it is its first admin, signatory and keeper of its money."""
    policy.require(actor, "accounts.register_organisation")
    services.no_operator(kinds)
    organisation = services.create_organisation(
        name=name,
        code=uscc,
        kinds=kinds,
        name_en=name_en,
        region_code=region_code,
        address=address,
        intro=intro,
        website=website,
    )
    assert actor.person is not None
    services.seat(actor.person, organisation, [Role.ADMIN, Role.SIGNATORY, Role.FINANCE])
    book.record(
        actor, "register_organisation", organisation, after={"name": name, "uscc": organisation.uscc, "kinds": kinds}
    )
    _ask_for_verification(organisation)
    return organisation


@command
def resubmit_organisation(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Ask again for the verification that was returned."""
    organisation = policy.fetch_for_update(actor, "accounts.resubmit_organisation", Organisation, organisation_id)
    _move(organisation, "resubmit_organisation")
    book.record(actor, "resubmit_organisation", organisation)
    _ask_for_verification(organisation)
    return organisation


@command
def verify_organisation(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Confirm that the organisation is who it says; from now on it acts on the platform."""
    organisation = policy.fetch_for_update(actor, "accounts.verify_organisation", Organisation, organisation_id)
    organisation.verified_at = clock.now()
    _move(organisation, "verify_organisation")
    book.record(actor, "verify_organisation", organisation)
    inbox.close_tasks(obj=organisation, kind="verify_organisation")
    inbox.notify(
        kind="organisation_verified",
        title=gettext_noop("%(name)s was verified"),
        params={"name": organisation.name},
        to=organisation,
        obj=organisation,
        link="/",
    )
    outbox.publish(OrganisationVerified(organisation_id=organisation.pk))
    return organisation


@command
def reject_organisation(*, actor: Actor, organisation_id: UUID, reason: str) -> Organisation:
    """Return a registration with the reason, so that it can be mended and sent again."""
    organisation = policy.fetch_for_update(actor, "accounts.reject_organisation", Organisation, organisation_id)
    _close_door(actor, organisation, "reject_organisation", reason)
    inbox.close_tasks(obj=organisation, kind="verify_organisation")
    return organisation


@command
def suspend_organisation(*, actor: Actor, organisation_id: UUID, reason: str) -> Organisation:
    """Stop an organisation from acting; its history stays."""
    organisation = policy.fetch_for_update(actor, "accounts.suspend_organisation", Organisation, organisation_id)
    _close_door(actor, organisation, "suspend_organisation", reason)
    return organisation


@command
def restore_organisation(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Let a suspended organisation act again."""
    organisation = policy.fetch_for_update(actor, "accounts.restore_organisation", Organisation, organisation_id)
    _move(organisation, "restore_organisation")
    book.record(actor, "restore_organisation", organisation)
    return organisation


@command
def invite_member(*, actor: Actor, organisation_id: UUID, email: str, roles: list[str]) -> Invitation:
    """Invite somebody by e-mail; the link in the message opens the seat and expires."""
    organisation = policy.fetch_for_update(actor, "accounts.invite_member", Organisation, organisation_id)
    assert actor.person is not None
    invitation, token = services.issue_invitation(
        organisation=organisation, email=email, roles=roles, invited_by=actor.person
    )
    book.record(actor, "invite_member", organisation, after={"roles": invitation.roles})
    link = settings.PUBLIC_URL.rstrip("/") + reverse("accounts:accept_invitation", args=[token])
    message = EmailMessage(
        subject=_("%(organisation)s invites you to Xielian") % {"organisation": organisation.name},
        body=_("%(person)s invites you to act for %(organisation)s. The link is valid for %(days)d days:\n\n%(link)s\n")
        % {
            "person": actor.person,
            "organisation": organisation.name,
            "days": services.INVITATION_DAYS,
            "link": link,
        },
        to=[invitation.email],
    )
    transaction.on_commit(lambda: message.send(fail_silently=True), robust=True)
    return invitation


@command
def accept_invitation(*, actor: Actor, token: str, agreed_to: str = "") -> Membership:
    """Take the seat that the invitation offers, as the person to whose address it was sent.

    Who has not agreed yet to the present words on what is kept about people does so with it.
    """
    if actor.person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    sent = Invitation.objects.filter(token_hash=services.hashed(token))
    found = sent.first()
    if found is None:
        raise NotFound(_("This invitation does not exist."))
    organisation = services.lock_seats(found.organisation_id)
    invitation = sent.select_for_update().get()
    if invitation.email.lower() != actor.person.email.lower():
        raise NotAllowed(_("This invitation was sent to another e-mail address."))
    if invitation.expires_at <= clock.now():
        raise WrongState(_("This invitation has expired; ask for a new one."), code="expired")
    if organisation.state in (OrganisationState.SUSPENDED, OrganisationState.MERGED):
        raise WrongState(_("This organisation gives no seats any more."), code="organisation_closed")
    if Membership.objects.filter(organisation=organisation, person=actor.person, is_active=True).exists():
        raise WrongState(_("You are a member of this organisation already."), code="member_already")
    if privacy.agreement_of(actor.person) is None:
        privacy.agree(actor.person, agreed_to)
    invitation.state = INVITATION.after(invitation.state, "accept_invitation")
    invitation.save(update_fields=["state"])
    seat = services.seat(actor.person, organisation, invitation.roles)
    services.withdraw_invitations(organisation, actor.person.email)
    services.an_admin_remains(organisation)
    book.record(actor, "accept_invitation", organisation, after={"roles": invitation.roles})
    return seat


@command
def withdraw_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Take an invitation back before it is accepted."""
    invitation = policy.fetch_for_update(actor, "accounts.withdraw_invitation", Invitation, invitation_id)
    invitation.state = INVITATION.after(invitation.state, "withdraw_invitation")
    invitation.save(update_fields=["state"])
    book.record(actor, "withdraw_invitation", invitation.organisation)
    return invitation


@command
def set_roles(*, actor: Actor, membership_id: UUID, roles: list[str]) -> Membership:
    """Give a member other roles; one admin always remains."""
    seat = _held_seat(actor, "accounts.set_roles", membership_id)
    before = list(seat.roles)
    seat.roles = services.known_roles(roles, seat.organisation)
    seat.save(update_fields=["roles"])
    services.an_admin_remains(seat.organisation)
    book.record(actor, "set_roles", seat.organisation, before={"roles": before}, after={"roles": seat.roles})
    return seat


@command
def remove_member(*, actor: Actor, membership_id: UUID) -> Membership:
    """End a member's seat; what they did stays."""
    seat = _held_seat(actor, "accounts.remove_member", membership_id)
    services.end_seat(seat)
    services.an_admin_remains(seat.organisation)
    book.record(actor, "remove_member", seat.organisation)
    return seat


@command
def create_client(
    *, actor: Actor, organisation_id: UUID, name: str, scopes: list[str], roles: list[str]
) -> MachineClient:
    """A machine client for the organisation; `fresh_secret` on the answer is told once and kept only as a hash."""
    organisation = policy.fetch_for_update(actor, "accounts.create_client", Organisation, organisation_id)
    known: dict[str, str] = settings.OAUTH2_PROVIDER["SCOPES"]  # type: ignore[assignment]  # a setting of mixed values
    if not scopes or any(scope not in known for scope in scopes):
        raise Invalid(_("Choose scopes from this list: %s.") % ", ".join(known), field="scopes")
    if not name.strip():
        raise Invalid(_("Please give a name."), field="name")
    secret = secrets.token_urlsafe(40)
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        client_secret=secret,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    assert actor.person is not None
    client = MachineClient.objects.create(
        organisation=organisation,
        name=name.strip(),
        application=application,
        scopes=scopes,
        roles=services.known_roles(roles, organisation),
        created_by=actor.person,
    )
    book.record(actor, "create_client", organisation, after={"name": name, "scopes": scopes})
    client.fresh_secret = secret
    return client


@command
def revoke_client(*, actor: Actor, client_id: UUID) -> MachineClient:
    """End a machine client and all its tokens at once."""
    client = policy.fetch_for_update(actor, "accounts.revoke_client", MachineClient, client_id)
    client.is_active = False
    client.save(update_fields=["is_active"])
    client.application.accesstoken_set.all().delete()
    book.record(actor, "revoke_client", client.organisation, after={"name": client.name})
    return client


def _held_seat(actor: Actor, rule: str, membership_id: UUID) -> Membership:
    """The seat, while nobody else changes a seat of its organisation."""
    services.lock_seats(policy.fetch(actor, rule, Membership, membership_id).organisation_id)
    seat = policy.fetch_for_update(actor, rule, Membership, membership_id)
    if not seat.is_active:
        raise WrongState(_("This seat has ended."), code="seat_ended")
    return seat


def _move(organisation: Organisation, move: str) -> None:
    organisation.state = ORGANISATION.after(OrganisationState(organisation.state), move)
    if move != "reject_organisation":
        organisation.state_reason = ""
    organisation.touch()
    organisation.save()


def _close_door(actor: Actor, organisation: Organisation, move: str, reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why, so that it can be mended."), field="reason")
    _move(organisation, move)
    organisation.state_reason = reason
    organisation.save(update_fields=["state_reason"])
    book.record(actor, move, organisation, reason=reason)
    inbox.notify(
        kind=move,
        title=gettext_noop("%(name)s: the operator returned or suspended the registration"),
        params={"name": organisation.name},
        body=reason,
        to=organisation,
        obj=organisation,
        link=reverse("accounts:organisation", args=[organisation.pk]),
    )


def _ask_for_verification(organisation: Organisation) -> None:
    for admin in platform_admins():
        inbox.open_task(
            kind="verify_organisation",
            title=gettext_noop("Verify %(name)s"),
            params={"name": organisation.name},
            person=admin,
            why=gettext_noop("You are an admin of the platform"),
            obj=organisation,
            link=reverse("accounts:organisation", args=[organisation.pk]),
            key=f"verify_organisation:{organisation.pk}:{admin.pk}",
        )
