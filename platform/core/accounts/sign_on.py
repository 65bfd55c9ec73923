"""Single sign-on as people use it: a first sign-on opens an account or is linked to one's own, and is unlinked again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts import oidc, services
from core.accounts.actor import Actor
from core.accounts.models import Invitation, LinkedSignOn, Person
from core.accounts.states import InvitationState
from core.command import command
from core.errors import Blocked, Conflict, Invalid, Missing
from core.inbox import services as inbox

PAGE = "/accounts/security/"


@command
def register_by_sign_on(
    *, actor: Actor, issuer: str, subject: str, email: str, name: str, language: str = "zh-hans"
) -> Person:
    """An account without a password for somebody new whom the provider vouches for: invited, or where the setting says so.

    `email` is verified by the provider. Never an account that exists: that one is linked by who holds its password.
    """
    invited = Invitation.objects.filter(email__iexact=email, state=InvitationState.SENT, expires_at__gt=clock.now())
    if not settings.OIDC_CREATES_ACCOUNTS and not invited.exists():
        raise Blocked(
            _("There is no account with the address %s, and no invitation to it.") % email,
            code="sign_on_not_invited",
            missing=[Missing(_("An invitation to %s") % email, _("an admin of your organisation"))],
        )
    try:
        with transaction.atomic():
            person = services.create_person(
                email=email, name=name.strip() or email.partition("@")[0], password=None, language=language
            )
            LinkedSignOn.objects.create(person=person, issuer=issuer, subject=subject, email=email, used_at=clock.now())
    except IntegrityError:
        raise _answered_twice() from None
    except Invalid as wrong:
        # The other window's account may be there already when this one looks for the address.
        if wrong.code == "email_taken" and LinkedSignOn.objects.filter(issuer=issuer, subject=subject).exists():
            raise _answered_twice() from None
        raise
    book.record(Actor(person=person), "register_by_sign_on", person, after={"issuer": issuer})
    return person


def _answered_twice() -> Conflict:
    return Conflict(_("This sign-on was answered in another window; go on there."), code="sign_on_twice")


@command
def link_sign_on(*, actor: Actor, issuer: str, subject: str, email: str) -> LinkedSignOn:
    """Let the provider's sign-on open one's own account; both must have the same address, which the provider verified."""
    policy.require(actor, "accounts.link_sign_on", actor.person)
    assert actor.person is not None
    person = Person.objects.select_for_update().get(pk=actor.person.pk)
    held = LinkedSignOn.objects.filter(issuer=issuer, subject=subject).select_related("person").first()
    if held is not None and held.person_id == person.pk:
        return held
    if held is not None:
        raise Blocked(
            _("This sign-on belongs to another account."),
            code="sign_on_of_another",
            missing=[Missing(_("A sign-on as yourself at %s") % oidc.name(), _("you"))],
        )
    if not email or email.lower() != person.email.lower():
        raise Blocked(
            _("The sign-on has another e-mail address than this account, or one that was not verified."),
            code="sign_on_other_email",
            missing=[
                Missing(_("The verified address %s at the provider") % person.email, _("the admin of %s") % oidc.name())
            ],
        )
    if LinkedSignOn.objects.filter(person=person, issuer=issuer).exists():
        raise Blocked(
            _("Another sign-on of this provider is linked to this account."),
            code="sign_on_linked",
            missing=[Missing(_("Unlinking the other one"), _("you"), PAGE)],
        )
    try:
        with transaction.atomic():
            row = LinkedSignOn.objects.create(person=person, issuer=issuer, subject=subject, email=email)
    except IntegrityError:
        raise _answered_twice() from None
    book.record(actor, "link_sign_on", person, after={"issuer": issuer})
    inbox.notify(
        kind="sign_on", title=gettext_noop("%(provider)s opens your account now"), params={"provider": oidc.name()},
        to=[person], link=PAGE,
    )  # fmt: skip
    return row


@command
def unlink_sign_on(*, actor: Actor, sign_on_id: UUID) -> Person:
    """The provider opens this account no more; refused while it is the only way in."""
    row = policy.fetch_for_update(actor, "accounts.unlink_sign_on", LinkedSignOn, sign_on_id)
    person = Person.objects.select_for_update().get(pk=row.person_id)
    if not person.has_usable_password():
        raise Blocked(
            _("This is the only way into your account."),
            code="sign_on_only_way",
            missing=[Missing(_("A password of your own"), _("you"), "/accounts/password/")],
        )
    issuer = row.issuer
    row.delete()
    book.record(actor, "unlink_sign_on", person, before={"issuer": issuer})
    inbox.notify(
        kind="sign_on", title=gettext_noop("Single sign-on no longer opens your account"), to=[person], link=PAGE
    )  # fmt: skip
    return person
