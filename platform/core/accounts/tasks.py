"""Jobs of the accounts: the link to a new password."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from kombu.exceptions import OperationalError

from core.accounts.models import Person


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
    if person is None:
        return False
    uid, token = urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)
    with translation.override(person.language):
        path = reverse("accounts:new_password", kwargs={"uidb64": uid, "token": token})
        shown = {"link": settings.PUBLIC_URL.rstrip("/") + path}
        subject = render_to_string("accounts/reset_subject.txt").strip()
        body = render_to_string("accounts/reset_mail.txt", shown)
    return bool(EmailMessage(subject, body, to=[person.email]).send())
