"""What is kept about a person, why and for how long, in words; who agreed to which version of them; and what is forgotten in time (ASVS 8.3.3, 8.3.4).

Whoever changes what is kept changes the words and their version: people then agree anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.accounts import sessions
from core.accounts.models import Invitation, Person, PrivacyAgreement, SignedIn
from core.accounts.states import InvitationState
from core.errors import Invalid

VERSION = "2026-11-27"


@dataclass(frozen=True)
class Kept:
    """One line of what is kept."""

    what: str
    why: str
    how_long: str


def kept() -> list[Kept]:
    """All that is kept about people, in the reader's language."""
    days = {"days": settings.PERSONAL_LOG_DAYS}
    lines = [
        (
            _("Your account: name, e-mail address, title, language, and fields of expertise if you name any"),
            _("To know who acts, and to reach you"),
            _(
                "Until you close the account: then address, title and fields are erased, and your name stays where you signed"
            ),
        ),
        (
            _(
                "What lets you in: password and recovery codes as hashes, your authenticator's secret encrypted, linked sign-ons"
            ),
            _("So that nobody else acts in your name"),
            _("Until you replace or remove it, or close the account"),
        ),
        (
            _("Where you are signed in: browser, network address, times"),
            _("So that you see it and can end it"),
            _("Until the session ends; what is over is cleared each night"),
        ),
        (
            _("Tries to sign in: the address that was typed, browser, network address, time"),
            _("To stop whoever guesses passwords"),
            _("%(days)d days") % days,
        ),
        (
            _("Your seats and roles in organisations, and invitations to your address"),
            _("To know who may act and sign for whom"),
            _("With the organisation's records; an invitation that nobody took, %(days)d days after its end") % days,
        ),
        (
            _("What you do: entries of the book, with your name, and when you agreed to these words"),
            _("So that agreements, decisions and money can be proved"),
            _("As long as the record stands; the part that anybody can verify bears a pseudonym instead of your name"),
        ),
        (
            _("Tasks, notifications, preferences and absences"),
            _("So that nothing waits unseen"),
            _("As long as the platform is run"),
        ),
        (
            _("Texts, files and declarations that you hand in, among them ties to others and conflicts of interest"),
            _("For the work they belong to, and so that nobody judges in their own matter"),
            _("As long as the need, challenge or project they belong to"),
        ),
        (
            _("Answers to surveys, and the address to which a survey's link was sent"),
            _("To learn what an industry chain lacks"),
            _("As long as the survey's results"),
        ),
        (
            _("In your browser: marks of your session, language, colours and of this browser; drafts of forms"),
            _("So that you stay signed in, hear of sign-ins from elsewhere and lose no typed text"),
            _("The session's until it ends, drafts 14 days, the others a year; there are no marks of anybody else"),
        ),
    ]
    return [Kept(*line) for line in lines]


def agreement_of(person: Person) -> PrivacyAgreement | None:
    """The person's agreement to the present words, if they gave it."""
    return PrivacyAgreement.objects.filter(person=person, version=VERSION).first()


def agree(person: Person, version: str) -> PrivacyAgreement:
    """The person has read these words and agrees, from now on; once for each version. Raises Invalid beside `agreed_to`."""
    if version != VERSION:
        raise Invalid(
            _("Please read what is kept about you, and agree to it (version %(version)s).") % {"version": VERSION},
            field="agreed_to",
            code="privacy_not_agreed",
        )
    row, _is_new = PrivacyAgreement.objects.get_or_create(person=person, version=version)
    return row


def forget_old() -> int:
    """Delete what was kept for a time that is over; gives how many rows of ours and of the sign-in's log went."""
    now = clock.now()
    before = now - dt.timedelta(days=max(1, settings.PERSONAL_LOG_DAYS))
    gone = 0
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        gone += model.objects.filter(attempt_time__lt=before).delete()[0]
    over = Q(state=InvitationState.SENT) | Q(state=InvitationState.WITHDRAWN)
    gone += Invitation.objects.filter(over, expires_at__lt=before).delete()[0]
    if settings.SESSION_HOURS:
        began = now - dt.timedelta(hours=settings.SESSION_HOURS)
        gone += sessions.end(SignedIn.objects.filter(created_at__lt=began))
    SessionStore.clear_expired()
    lasting = Session.objects.values("session_key")
    return gone + SignedIn.objects.exclude(session_key__in=lasting).delete()[0]
