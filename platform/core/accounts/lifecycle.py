"""What people do about the safety of their sign-in, and how accounts, seats and organisations end."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts import changes, factors, privacy, services, sessions
from core.accounts.actor import Actor
from core.accounts.models import LinkedSignOn, Membership, Organisation, Person, SignedIn
from core.accounts.states import ORGANISATION, OrganisationState, Role
from core.command import command
from core.errors import Blocked, Invalid, Missing, WrongState
from core.inbox import services as inbox


@command
def set_up_second_factor(*, actor: Actor, secret: str, code: str, but: str = "") -> Person:
    """Keep the authenticator whose code fits; `fresh_codes` on the answer are the recovery codes, told once.

    Where it takes the place of another, every session but the one with the key `but` ends.
    """
    person = _oneself(actor, "accounts.set_up_second_factor")
    is_another = factors.has_factor(person)
    person.fresh_codes = factors.set_up(person, secret, code)
    if is_another:
        title = gettext_noop("Another authenticator protects your account now; all your other sessions ended")
        _factor_changed(actor, person, "set_up_second_factor", title, but)
    else:
        book.record(actor, "set_up_second_factor", person)
        _tell_of_factor(person, gettext_noop("A second factor protects your account now"))
    return person


@command
def renew_recovery_codes(*, actor: Actor, but: str = "") -> Person:
    """New recovery codes instead of all earlier ones; `fresh_codes` on the answer, told once.

    Whoever had the earlier ones may have signed in with one: every session but the one with the key `but` ends.
    """
    person = _oneself(actor, "accounts.set_up_second_factor")
    if not factors.has_factor(person):
        raise Invalid(_("Set up an authenticator first."), code="no_second_factor")
    person.fresh_codes = factors.fresh_codes(person)
    title = gettext_noop("Your account has new recovery codes; all your other sessions ended")
    _factor_changed(actor, person, "renew_recovery_codes", title, but)
    return person


@command
def remove_second_factor(*, actor: Actor, but: str = "") -> Person:
    """Sign in by password alone again; not while an organisation of this person asks for a second factor.

    Every session but the one with the key `but` ends: some may have been opened with a device that was lost.
    """
    person = _oneself(actor, "accounts.remove_second_factor")
    asking = [
        seat.organisation
        for seat in Membership.objects.filter(person=person, is_active=True).select_related("organisation")
        if factors.needs_factor(person, seat.organisation, frozenset(seat.roles))
    ]
    if asking:
        raise Blocked(
            _("Your organisation asks for a second factor."),
            code="second_factor_needed",
            missing=[Missing(str(one), _("an admin of this organisation may change it")) for one in asking],
        )
    factors.remove(person)
    title = gettext_noop("The second factor of your account was removed; all your other sessions ended")
    _factor_changed(actor, person, "remove_second_factor", title, but)
    return person


@command
def take_second_factor(*, actor: Actor, email: str, reason: str) -> Person:
    """Take away the lost authenticator and the recovery codes of somebody who proved elsewhere who they are; `reason` says how.

    All their sessions end. Where an organisation asks for a second factor they set up a new one before they act for it.
    """
    policy.require(actor, "accounts.take_second_factor")
    person = Person.objects.select_for_update().filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise Invalid(_("Nobody has an account with this e-mail."), field="email", code="no_account")
    if person == actor.person:
        raise Blocked(
            _("Nobody takes their own second factor away by this door."),
            code="own_second_factor",
            missing=[
                Missing(_("Another admin of the platform's operator"), _("they, once you proved to them who you are"))
            ],
        )
    if not reason.strip():
        raise Invalid(_("Say how the person proved who they are."), field="reason")
    if not factors.has_factor(person):
        raise Invalid(
            _("This person has no second factor; what they need is their password or a link to a new one."),
            field="email",
            code="no_second_factor",
        )
    factors.remove(person)
    ended = sessions.end(SignedIn.objects.filter(person=person))
    book.record(actor, "take_second_factor", person, after={"sessions_ended": ended}, reason=reason.strip())
    inbox.notify(
        kind="second_factor", title=gettext_noop("The operator took the lost second factor of your account away; set up a new one"),
        body=reason.strip(), to=[person], link="/accounts/security/",
    )  # fmt: skip
    seats = Membership.objects.filter(person=person, is_active=True).select_related("organisation")
    inbox.notify(
        kind="take_second_factor", title=gettext_noop("The operator took the lost second factor of %(name)s away"), params={"name": person.name},
        body=reason.strip(), to=[seat.organisation for seat in seats], roles=(Role.ADMIN,), obj=person, link="/accounts/members/",
    )  # fmt: skip
    return person


@command
def set_password(*, actor: Actor, password: str) -> Person:
    """A new password for oneself, whose rules the form has asked; ends the sessions that the earlier one opened."""
    person = _oneself(actor, "accounts.set_password")
    person.set_password(password)
    person.save(update_fields=["password"])
    book.record(actor, "set_password", person)
    inbox.notify(
        kind="password", title=gettext_noop("The password of your account is a new one"), to=[person], link="/accounts/security/"
    )  # fmt: skip
    return person


@command
def ask_second_factor(*, actor: Actor, organisation_id: UUID, is_needed: bool) -> Organisation:
    """Say whether members need a second factor to act for the organisation."""
    row = policy.fetch_for_update(actor, "accounts.ask_second_factor", Organisation, organisation_id)
    if is_needed and actor.person is not None and not factors.has_factor(actor.person):
        raise Blocked(
            _("Set up your own authenticator first, or you would shut yourself out."),
            code="no_second_factor",
            missing=[Missing(_("Your authenticator"), _("you"), "/accounts/security/authenticator/")],
        )
    row.needs_second_factor = is_needed
    row.touch()
    row.save()
    book.record(actor, "ask_second_factor", row, after={"is_needed": is_needed})
    return row


@command
def end_session(*, actor: Actor, session_id: UUID) -> None:
    """End one of one's own browsers' sessions."""
    row = policy.fetch_for_update(actor, "accounts.end_session", SignedIn, session_id)
    sessions.end(SignedIn.objects.filter(pk=row.pk))
    if actor.person is not None:
        book.record(actor, "end_session", actor.person)


@command
def end_other_sessions(*, actor: Actor, but: str) -> int:
    """End all of one's own browsers' sessions but the one with this key; gives how many ended."""
    person = _oneself(actor, "accounts.end_other_sessions")
    ended = _end_others(person, but)
    book.record(actor, "end_other_sessions", person)
    return ended


@command
def leave_organisation(*, actor: Actor, membership_id: UUID) -> Membership:
    """Give up one's own seat; what one did stays. The last admin names another first."""
    services.lock_seats(policy.fetch(actor, "accounts.leave_organisation", Membership, membership_id).organisation_id)
    seat = policy.fetch_for_update(actor, "accounts.leave_organisation", Membership, membership_id)
    if not seat.is_active:
        raise WrongState(_("This seat has ended."), code="seat_ended")
    _end_seat(actor, seat)
    return seat


@command
def take_own_data(*, actor: Actor) -> Person:
    """Take out all that is kept about oneself as a person; the book keeps that it was taken, not what it held."""
    person = _oneself(actor, "accounts.take_own_data")
    book.record(actor, "take_own_data", person)
    return person


@command
def agree_to_privacy(*, actor: Actor, agreed_to: str) -> Person:
    """Agree to what is kept about oneself, in the version that one has read."""
    person = _oneself(actor, "accounts.agree_to_privacy")
    privacy.agree(person, agreed_to)
    book.record(actor, "agree_to_privacy", person, after={"agreed_to": agreed_to})
    return person


@command
def close_account(*, actor: Actor) -> Person:
    """Close one's account: seats end, contact data are erased, the name stays where it was signed."""
    person = _oneself(actor, "accounts.close_account")
    seats = Membership.objects.filter(person=person, is_active=True)
    for pk in seats.order_by("organisation_id").values_list("organisation_id", flat=True):
        services.lock_seats(pk)
    for seat in seats.select_for_update():
        _end_seat(actor, seat)
    book.record(actor, "close_account", person)
    factors.remove(person)
    LinkedSignOn.objects.filter(person=person).delete()
    person.email, person.is_active, person.closed_at = f"closed-{person.pk}@invalid.example", False, clock.now()
    person.title, person.expertise, person.is_expert = "", "", False
    person.set_unusable_password()
    person.save()
    sessions.end(SignedIn.objects.filter(person=person))
    return person


@command
def merge_organisation(*, actor: Actor, organisation_id: UUID, into: UUID, reason: str) -> Organisation:
    """An organisation goes on in another: its members get seats there, and the other's admins may end its business.

    Nothing that was agreed, owned or signed changes hands in the records: they keep the old name, marked as merged.
    """
    row = policy.fetch_for_update(actor, "accounts.merge_organisation", Organisation, organisation_id)
    heir = policy.fetch_for_update(actor, "accounts.merge_organisation", Organisation, into)
    if heir.pk == row.pk or heir.state != OrganisationState.VERIFIED:
        raise Invalid(_("Choose another, verified organisation."), field="into")
    if not reason.strip():
        raise Invalid(_("Say why, so that it can be mended."), field="reason")
    seats = list(Membership.objects.filter(organisation=row, is_active=True).select_related("person"))
    for seat in seats:
        if not Membership.objects.filter(organisation=heir, person=seat.person, is_active=True).exists():
            services.seat(seat.person, heir, [role for role in seat.roles if role == Role.MEMBER])
    admins = Membership.objects.filter(organisation=heir, is_active=True, roles__contains=[Role.ADMIN])
    for seat in admins.select_related("person"):
        services.seat(seat.person, row, [role for role in seat.roles if role != Role.APPROVER])
    row.state = ORGANISATION.after(OrganisationState(row.state), "merge_organisation")
    changes.withdraw_waiting(actor, row)
    row.merged_into, row.state_reason = heir, reason.strip()
    row.touch()
    row.save()
    book.record(actor, "merge_organisation", row, after={"into": str(heir.pk)}, reason=reason)
    for organisation in (row, heir):
        inbox.notify(
            kind="merge_organisation", title=gettext_noop("%(name)s goes on in %(heir)s"),
            params={"name": row.name, "heir": heir.name}, body=reason, to=organisation, obj=row, link=f"/accounts/organisations/{row.pk}/",
        )  # fmt: skip
    return row


def _oneself(actor: Actor, rule: str) -> Person:
    policy.require(actor, rule, actor.person)
    assert actor.person is not None
    return Person.objects.select_for_update().get(pk=actor.person.pk)


def _end_others(person: Person, but: str) -> int:
    return sessions.end(SignedIn.objects.filter(person=person).exclude(session_key=but))


def _factor_changed(actor: Actor, person: Person, action: str, title: str, but: str) -> None:
    """What opened a session before opens none any more: the others end, and the person hears of it (ASVS 2.8.6)."""
    book.record(actor, action, person, after={"sessions_ended": _end_others(person, but)})
    _tell_of_factor(person, title)


def _tell_of_factor(person: Person, title: str) -> None:
    inbox.notify(kind="second_factor", title=title, to=[person], link="/accounts/security/")


def _end_seat(actor: Actor, seat: Membership) -> None:
    others = Membership.objects.filter(organisation=seat.organisation, is_active=True).exclude(pk=seat.pk)
    if Role.ADMIN in seat.roles and others.exists() and not others.filter(roles__contains=[Role.ADMIN]).exists():
        raise Blocked(
            _("You are the only admin of %s; make somebody else admin first.") % seat.organisation,
            code="last_admin",
            missing=[Missing(_("Another admin of %s") % seat.organisation, _("you"), "/accounts/members/")],
        )
    services.end_seat(seat)
    book.record(actor, "leave_organisation", seat.organisation)
