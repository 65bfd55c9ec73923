"""The second factor: an authenticator's codes (TOTP, RFC 6238) and recovery codes; asks no permission.

The secret is encrypted with a key made from SECRET_KEY; each code is good once; wrong codes shut the door for longer
and longer.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import logging
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken as WrongCode
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import clock, sealing
from core.accounts.models import Organisation, Person, RecoveryCode, SecondFactor
from core.accounts.states import OrganisationKind, Role
from core.errors import Invalid
from core.inbox import services as inbox
from core.inbox.models import Notification

log = logging.getLogger(__name__)

PURPOSE = "second factor"
STEP = 30
CODES = 10
TOLD_EVERY = dt.timedelta(hours=1)
FREE_FAILURES = 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another
GROUPS, GROUP = 5, 5  # of a recovery code: 123 bits, more than anybody guesses from its hash


def fresh_secret() -> str:
    """160 random bits in base32, as authenticators take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address_of(secret: str, person: Person) -> str:
    """The `otpauth://` address that an authenticator reads from the picture."""
    return _totp(secret).get_provisioning_uri(person.email, "Xielian")


def has_factor(person: Person) -> bool:
    return SecondFactor.objects.filter(person=person).exists()


def needs_factor(person: Person, organisation: Organisation | None, roles: frozenset[str]) -> bool:
    """Whether acting for this organisation asks for a second factor: by its own choice, or for the platform's admins."""
    if organisation is None:
        return False
    is_admin = OrganisationKind.OPERATOR in organisation.kinds and bool({Role.ADMIN, Role.APPROVER} & roles)
    return organisation.needs_second_factor or (settings.ADMINS_NEED_SECOND_FACTOR and is_admin)


def set_up(person: Person, secret: str, code: str) -> list[str]:
    """Keep the authenticator whose code proves it works; gives the recovery codes, which are told once.

    Raises Invalid beside `code`.
    """
    step = _step_of(secret, code)
    if step is None:
        raise Invalid(_("This code does not fit; compare the clock of your phone and try the next one."), field="code")
    SecondFactor.objects.update_or_create(
        person=person, defaults={"secret": _sealed(secret), "last_step": step, "failures": 0, "shut_until": None}
    )
    return fresh_codes(person)


def fresh_codes(person: Person) -> list[str]:
    """New recovery codes instead of all earlier ones."""
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["-".join(_group() for _one in range(GROUPS)) for _two in range(CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(person=person, code_hash=_hashed(code)) for code in codes])
    return codes


def remove(person: Person) -> None:
    SecondFactor.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()


def accept(person: Person, code: str) -> bool:
    """Whether this is the authenticator's present code or an unused recovery code; used up by this call.

    Call it inside a transaction. Raises Invalid beside `code` while the door is shut.
    """
    factor = SecondFactor.objects.select_for_update().filter(person=person).first()
    if factor is None:
        return False
    now = clock.now()
    if factor.shut_until is not None and factor.shut_until > now:
        seconds = int((factor.shut_until - now).total_seconds()) + 1
        raise Invalid(_("Too many wrong codes; try again in %d seconds.") % seconds, field="code", code="too_many")
    typed = code.strip().replace(" ", "")
    step = _step_of(_opened(factor.secret), typed)
    good = step is not None and step > factor.last_step
    if good and step is not None:
        factor.last_step = step
    elif step is not None:
        _tell_used_again(person)
    else:
        hashes = [_hashed(typed, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        unused = RecoveryCode.objects.filter(person=person, code_hash__in=hashes, used_at=None)
        good = unused.update(used_at=now) == 1
    factor.failures = 0 if good else factor.failures + 1
    late = factor.failures - FREE_FAILURES
    factor.shut_until = now + dt.timedelta(seconds=min(2**late * 10, 3600)) if late > 0 else None
    factor.save(update_fields=["last_step", "failures", "shut_until"])
    return good


def codes_left(person: Person) -> int:
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def _tell_used_again(person: Person) -> None:
    """The person hears at most once an hour that a code of theirs was given again; the row of their factor is locked."""
    log.warning("a code that was used already is given again for %s", person.pk)
    kind, since = "code_used_again", clock.now() - TOLD_EVERY
    if not Notification.objects.filter(person=person, kind=kind, created_at__gt=since).exists():
        title = gettext_noop(
            "A code of your authenticator that was used already was given again, and refused; if it was not you, change your password"
        )
        inbox.notify(kind=kind, title=title, to=[person], link="/accounts/security/")


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP)  # noqa: S303 - RFC 6238 as authenticators speak it


def _step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: now, the one before or the one after; None when it is none of them."""
    if not (code.isascii() and code.isdigit()):
        return None
    present = int(clock.now().timestamp()) // STEP
    for step in (present, present - 1, present + 1):
        try:
            _totp(secret).verify(code.encode(), step * STEP)
        except WrongCode:
            continue
        return step
    return None


def code_at(secret: str, moment: dt.datetime) -> str:
    """The code an authenticator shows at a moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode()


def _sealed(secret: str) -> str:
    return sealing.seal(PURPOSE, secret)


def _opened(sealed: str) -> str:
    try:
        return sealing.unseal(PURPOSE, sealed)
    except sealing.SealBrokenError:
        raise Invalid(
            _("The server's key has changed since; use a recovery code, then set the authenticator up again."),
            field="code",
        ) from None


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _one in range(GROUP))


def _hashed(code: str, secret: str | None = None) -> str:
    return hmac.new(sealing.key(PURPOSE, secret), code.lower().replace("-", "").encode(), hashlib.sha256).hexdigest()
