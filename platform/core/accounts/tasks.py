"""Jobs of the accounts: the links to a new password and to a new account."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlencode, urlsafe_base64_encode
from kombu.exceptions import OperationalError

from core import limits
from core.accounts import entry, privacy
from core.accounts.models import Person

LETTER = "letter"  # the limit of links to one address, so that nobody fills somebody's mailbox


def send_reset(person_id: str) -> None:
    """Ask the worker for the message; nobody's id (\"\") costs the same. While the broker is away it is written at once."""
    try:
        mail_reset.delay(person_id)
    except OperationalError:
        mail_reset(person_id)


@shared_task(name="accounts.mail_reset", ignore_result=True)
def mail_reset(person_id: str) -> bool:
    """Send the link to a new password, in the person's language; nothing for an id that nobody has."""
    person = Person.objects.filter(pk=person_id, is_active=True).first() if person_id else None
    if person is None or not _may_write(person.email):
        return False
    uid, token = urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)
    with translation.override(person.language):
        path = reverse("accounts:new_password", kwargs={"uidb64": uid, "token": token})
        shown = {"link": settings.PUBLIC_URL.rstrip("/") + path}
        subject = render_to_string("accounts/reset_subject.txt").strip()
        body = render_to_string("accounts/reset_mail.txt", shown)
    return bool(EmailMessage(subject, body, to=[person.email]).send())


def send_account_link(email: str, language: str, wanted: str = "") -> None:
    """Ask the worker for the message to an address, whoever has it. While the broker is away it is written at once."""
    try:
        mail_account_link.delay(email, language, wanted)
    except OperationalError:
        mail_account_link(email, language, wanted)


@shared_task(name="accounts.forget_old", ignore_result=True)
def forget_old() -> int:
    """Delete what was kept about people for a time that is over."""
    return privacy.forget_old()


@shared_task(name="accounts.mail_account_link", ignore_result=True)
def mail_account_link(email: str, language: str, wanted: str = "") -> bool:
    """Send the link that opens an account; to an address with an account, that somebody wanted one, and how to sign in."""
    if not _may_write(email):
        return False
    person = Person.objects.filter(email__iexact=email).first()
    with translation.override(person.language if person else language):
        place = settings.PUBLIC_URL.rstrip("/")
        if person is None:
            path = reverse("accounts:open_account", args=[entry.token_for(email)])
            shown = {"link": place + path + (f"?{urlencode({'next': wanted})}" if wanted else "")}
        else:
            shown = {
                "sign_in": place + reverse("accounts:sign_in"),
                "reset": place + reverse("accounts:reset_password"),
            }
        name = "account_known" if person else "account_link"
        subject = render_to_string(f"accounts/{name}_subject.txt").strip()
        body = render_to_string(f"accounts/{name}_mail.txt", shown)
    return bool(EmailMessage(subject, body, to=[email]).send())


def _may_write(email: str) -> bool:
    spent = limits.spend(LETTER, email)
    return spent is None or not spent.is_over
