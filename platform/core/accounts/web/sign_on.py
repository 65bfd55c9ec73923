"""Single sign-on: to the provider and back, linking it to one's account, and confirming oneself there."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from mozilla_django_oidc.utils import add_state_and_verifier_and_nonce_to_session, generate_code_challenge

from core import clock, limits
from core.access import policy
from core.accounts import factors, oidc, sessions, sign_on
from core.accounts.models import LinkedSignOn, Person
from core.accounts.web import security
from core.errors import Blocked, Missing, NotAllowed, NotFound
from core.web.forms import do
from core.web.page import crumb, render_page

STATES = "oidc_states"  # where the package keeps the sign-ons that were begun, by their state
ANSWER_SECONDS = 600
DOOR = "door"

View = Callable[..., HttpResponse]


def _where_configured(view: View) -> View:
    """Nothing is there unless single sign-on is configured."""

    @functools.wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not oidc.is_on():
            raise NotFound(_("There is nothing here, or you have no access to it."))
        return view(request, *args, **kwargs)

    return shown


@require_GET
@never_cache
@_where_configured
def begin(request: HttpRequest) -> HttpResponse:
    """Sign in at the provider."""
    limits.ask(request, DOOR)
    wanted = _ours(request, request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(wanted)
    return redirect(_to_provider(request, "sign_in", wanted))


@never_cache
@_where_configured
def link(request: HttpRequest) -> HttpResponse:
    """Let the provider's sign-on open one's account: what it means, and the button that goes there."""
    person = _me(request)
    if request.method == "POST":
        limits.ask(request, DOOR)
        policy.require(request.actor, "accounts.link_sign_on", person)  # type: ignore[attr-defined]
        _opened_by_password(request)
        return _go(request, _to_provider(request, "link", reverse("accounts:security")))
    linked = LinkedSignOn.objects.filter(person=person, issuer=settings.OIDC_ISSUER).exists()
    if linked:
        return redirect("accounts:security")
    crumbs = [crumb(_("Safety of my account"), reverse("accounts:security")), crumb(_("Single sign-on"))]
    shown = {"provider": oidc.name(), "email": person.email}
    return render_page(request, "accounts/link_sign_on.html", shown, title=_("Link single sign-on"), crumbs=crumbs)


@require_POST
@never_cache
@_where_configured
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove at the provider that it is still you: it asks again, however long ago it did."""
    _me(request)
    limits.ask(request, DOOR)
    wanted = _ours(request, request.POST.get("next", ""))
    return _go(request, _to_provider(request, "confirm", wanted, prompt="login", max_age="0"))


@require_POST
@_where_configured
def unlink(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request, sign_on.unlink_sign_on, sign_on_id=pk, success=reverse("accounts:security"),
        message=_("Single sign-on no longer opens your account."),
    )  # fmt: skip


@require_GET
@never_cache
@_where_configured
def answered(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back to, with a code that is good once."""
    asked = _taken(request)
    if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise oidc.refused("issuer", _("The answer does not come from %(provider)s."))
    if "error" in request.GET or not request.GET.get("code"):
        raise oidc.refused("declined", _("%(provider)s did not sign you in."))
    identity = oidc.redeem(
        code=request.GET["code"], nonce=asked["nonce"], verifier=asked["code_verifier"], back=_back()
    )
    return {"sign_in": _sign_in, "link": _link, "confirm": _confirm}[asked["purpose"]](request, identity, asked)


def _sign_in(request: HttpRequest, identity: oidc.Identity, asked: dict[str, Any]) -> HttpResponse:
    row = LinkedSignOn.objects.filter(issuer=identity.issuer, subject=identity.subject).select_related("person").first()
    if row is not None:
        LinkedSignOn.objects.filter(pk=row.pk).update(used_at=clock.now())
        person = row.person
    else:
        if not identity.email:
            raise _unverified()
        if Person.objects.filter(email__iexact=identity.email).exists():
            return _link_first(request)
        person = sign_on.register_by_sign_on(
            actor=request.actor, issuer=identity.issuer, subject=identity.subject,  # type: ignore[attr-defined]
            email=identity.email, name=identity.name, language=request.LANGUAGE_CODE,
        )  # fmt: skip
    if not person.is_active:
        raise oidc.refused("closed", _("The account that %(provider)s would open is closed."))
    how = _how(identity)
    if factors.has_factor(person) and not identity.gave_second_factor:
        response = security.wait_for_code(request, person, asked["next"], sign_on=how)
    else:
        login(request, person, backend=security.BACKEND)
        sessions.signed_on(request, how, at=identity.signed_in_at, by_factor=identity.gave_second_factor)
        response = redirect(asked["next"])
    return security.keep_language(request, response, person)


def _link_first(request: HttpRequest) -> HttpResponse:
    """An account has this address: only who can open it by its own means may link it. Nothing is remembered meanwhile."""
    text = _("There is an account with this address. Sign in with its password once; then link %(provider)s to it.")
    messages.info(request, str(text) % {"provider": oidc.name()})
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': reverse('accounts:link_sign_on')})}")


def _link(request: HttpRequest, identity: oidc.Identity, asked: dict[str, Any]) -> HttpResponse:
    _same_person(request, asked)
    _opened_by_password(request)
    sign_on.link_sign_on(
        actor=request.actor, issuer=identity.issuer, subject=identity.subject, email=identity.email  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(request, str(_("%(provider)s opens your account now.")) % {"provider": oidc.name()})
    return redirect(asked["next"])


def _confirm(request: HttpRequest, identity: oidc.Identity, asked: dict[str, Any]) -> HttpResponse:
    person = _same_person(request, asked)
    if not LinkedSignOn.objects.filter(issuer=identity.issuer, subject=identity.subject, person=person).exists():
        raise oidc.refused("other_person", _("At %(provider)s somebody else is signed in than here."))
    if identity.signed_in_at is None or identity.signed_in_at < asked["at"] - oidc.SKEW:
        raise oidc.refused("stale", _("%(provider)s did not ask you again who you are."))
    if factors.has_factor(person) and not identity.gave_second_factor:
        request.session[security.PROVED] = int(clock.now().timestamp())
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': asked['next']})}")
    sessions.confirmed(request, by_factor=identity.gave_second_factor)
    return redirect(asked["next"])


def _to_provider(request: HttpRequest, purpose: str, wanted: str, **more: str) -> str:
    """The provider's address for a new sign-on, whose state, nonce and verifier the session keeps."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _one in range(3))
    asked = {
        "state": state, "nonce": nonce, "redirect_uri": _back(),
        "code_challenge": generate_code_challenge(verifier, "S256"), "code_challenge_method": "S256",
    }  # fmt: skip
    address = oidc.ask_address(**asked, **more)
    add_state_and_verifier_and_nonce_to_session(request, state, asked, verifier)
    person = request.actor.person  # type: ignore[attr-defined]
    request.session[STATES][state] |= {
        "purpose": purpose, "next": wanted, "at": int(clock.now().timestamp()), "person": str(person.pk) if person else "",
    }  # fmt: skip
    request.session.modified = True
    return address


def _taken(request: HttpRequest) -> dict[str, Any]:
    """What was asked under the state that came back: of this very browser, lately, and not answered before."""
    asked: dict[str, Any] | None = request.session.get(STATES, {}).pop(request.GET.get("state", ""), None)
    if asked is None:
        limits.ask(request, DOOR)
        raise oidc.refused("state", _("This sign-on was not begun in this browser, or was answered already."))
    request.session.modified = True
    request.session.save()  # before anything else: a second answer meets nothing
    if clock.now().timestamp() - asked["at"] > ANSWER_SECONDS:
        raise oidc.refused("late", _("This sign-on took too long."))
    return asked


def _same_person(request: HttpRequest, asked: dict[str, Any]) -> Person:
    person = _me(request)
    if str(person.pk) != asked["person"]:
        raise oidc.refused("other_person", _("This sign-on was begun by somebody else in this browser."))
    return person


def _opened_by_password(request: HttpRequest) -> None:
    if sessions.SIGN_ON in request.session:
        raise Blocked(
            _("Linking asks for a sign-in with the account's own password."),
            code="sign_on_needs_password",
            missing=[Missing(_("A sign-in with your password"), _("you"), reverse("accounts:security"))],
        )


def _unverified() -> Exception:
    return oidc.refused("email", _("%(provider)s does not say that your e-mail address was verified."))


def _how(identity: oidc.Identity) -> dict[str, str]:
    """What the session remembers; the token only where signing out goes on to the provider."""
    return {"issuer": identity.issuer, "token": identity.token if settings.OIDC_SIGN_OUT else ""}


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return security.onward(request, address, title=_("On to %(provider)s") % {"provider": oidc.name()})


def _back() -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("accounts:sign_on_answered")


def _ours(request: HttpRequest, wanted: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"


def _me(request: HttpRequest) -> Person:
    person = request.actor.person  # type: ignore[attr-defined]
    if person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return person  # type: ignore[no-any-return]
