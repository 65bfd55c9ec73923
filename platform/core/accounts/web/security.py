"""The safety of one's sign-in: second factor, confirming oneself, open sessions, leaving and closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock, metrics
from core.access import policy
from core.accounts import factors, lifecycle, oidc, sessions
from core.accounts.models import LinkedSignOn, Membership, Organisation, Person
from core.accounts.queries import organisations_visible_to
from core.accounts.rules import sessions_visible_to, sign_ons_visible_to
from core.accounts.states import OrganisationState
from core.accounts.web import forms
from core.errors import Invalid, NotAllowed
from core.web.forms import do, form_page
from core.web.page import crumb, render_page

WAITING = "waits_for_code"  # who gave the right password, when, and where they wanted to go
WAITING_SECONDS = 600
PROVED = "proved_by_sign_on"  # when the provider asked again who it is, while the code is still to come
PROVED_SECONDS = 300
SETTING_UP = "authenticator_secret"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def ask_for_another_password(request: HttpRequest, wanted: str) -> str:
    """Whoever signed in with a password that everybody knows acts for nobody before they have another; where to go for it."""
    request.session[sessions.COMMON] = wanted
    return reverse("accounts:change_password")


def wait_for_code(
    request: HttpRequest, person: Person, wanted: str, *, sign_on: dict[str, str] | None = None, is_common: bool = False
) -> HttpResponse:
    """The password, or the sign-on at the provider, was right and a second factor is set up: ask for its code first."""
    request.session.cycle_key()
    request.session[WAITING] = {
        "person": str(person.pk), "at": int(clock.now().timestamp()), "next": wanted, "sign_on": sign_on, "is_common": is_common,
    }  # fmt: skip
    return redirect("accounts:sign_in_code")


def keep_language(request: HttpRequest, response: HttpResponse, person: Person) -> HttpResponse:
    """From the sign-in on, this browser speaks the person's language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 86400,
        samesite="Lax", secure=request.is_secure(), httponly=True,
    )  # fmt: skip
    return response


def onward(request: HttpRequest, address: str, *, title: Any) -> HttpResponse:
    """A page that goes on to another site: a form's answer may not lead there itself (`form-action` of the content policy)."""
    response = render_page(request, "accounts/onward.html", {"address": address}, title=title)
    response.headers["Refresh"] = f"0; url={address}"
    return response


@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in."""
    waiting: dict[str, Any] = request.session.get(WAITING) or {}
    person = Person.objects.filter(pk=waiting["person"], is_active=True).first() if waiting else None
    if person is None or clock.now().timestamp() - waiting.get("at", 0) > WAITING_SECONDS:
        return redirect("accounts:sign_in")

    def act(actor: Any, code: str) -> Person:
        _check_code(person, code)
        return person

    def success(someone: Person) -> str:
        wanted = waiting.get("next") or "/"
        request.session.pop(WAITING, None)
        login(request, someone, backend=BACKEND)
        sessions.confirmed(request, by_factor=True)
        if waiting.get("is_common"):
            wanted = ask_for_another_password(request, wanted)
        if how := waiting.get("sign_on"):
            sessions.signed_on(request, how, at=int(clock.now().timestamp()), by_factor=True)
        return str(wanted)

    return form_page(
        request, "accounts/code.html", forms.Code, action=act, success=success, title=_("Second step"), submit=_("Sign in")
    )  # fmt: skip


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove again that it is you, before money moves or access is given."""
    person = _me(request)
    with_code = factors.has_factor(person)
    is_proved = with_code and clock.now().timestamp() - request.session.get(PROVED, 0) < PROVED_SECONDS

    def act(actor: Any, password: str = "", code: str = "") -> Person:
        found = None if is_proved else authenticate(request, username=person.email, password=password)
        if not is_proved and found is None:
            raise Invalid(_("This is not your password."), field="password")
        if isinstance(found, Person) and found.password != person.password:  # hashed anew, as the settings ask now
            sessions.keep(request, found)
        if with_code:
            _check_code(person, code)
        return person

    def success(_person: Person) -> str:
        request.session.pop(PROVED, None)
        sessions.confirmed(request, by_factor=with_code)
        wanted = request.GET.get("next", "")
        if not wanted:  # in a tab of its own, beside the page that keeps what was typed
            messages.success(request, str(_("Confirmed. Close this page, and send the one you came from once more.")))
        return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/"

    shape = forms.Code if is_proved else forms.ConfirmWithCode if with_code else forms.Confirm
    is_linked = oidc.is_on() and LinkedSignOn.objects.filter(person=person, issuer=settings.OIDC_ISSUER).exists()
    shown = {
        "with_form": is_proved or person.has_usable_password(),
        "provider": oidc.name() if is_linked and not is_proved else "",
        "next": request.GET.get("next", ""),
    }
    return form_page(
        request, "accounts/confirm.html", shape, action=act, success=success,
        title=_("Confirm that it is you"), submit=_("Confirm"), context=shown,
    )  # fmt: skip


def security(request: HttpRequest) -> HttpResponse:
    """Second factor, open sessions and one's seats, with what can be done about each."""
    person = _me(request)
    shown = {
        "has_factor": factors.has_factor(person),
        "codes_left": factors.codes_left(person),
        "sessions": sessions_visible_to(request.actor)[:50],  # type: ignore[attr-defined]
        "this_session": request.session.session_key,
        "seats": Membership.objects.filter(person=person, is_active=True).select_related("organisation"),
        "lacking": getattr(request, "lacks_second_factor", None),
        "acting": request.actor.organisation_id,  # type: ignore[attr-defined]
        **_sign_ons(request, person),
    }
    return render_page(request, "accounts/security.html", shown, title=_("Safety of my account"), crumbs=_crumbs())


@never_cache
def authenticator(request: HttpRequest) -> HttpResponse:
    """Scan the picture, type the code it shows; the recovery codes are on the answering page and nowhere else."""
    person = _me(request)
    policy.require(request.actor, "accounts.set_up_second_factor", person)  # type: ignore[attr-defined]
    secret = request.session.get(SETTING_UP) or factors.fresh_secret()
    request.session[SETTING_UP] = secret
    kept: list[Person] = []
    is_another = factors.has_factor(person)

    def act(actor: Any, code: str) -> Person:
        key = request.session.session_key or ""
        kept.append(lifecycle.set_up_second_factor(actor=actor.with_key(None), secret=secret, code=code, but=key))
        return kept[0]

    picture = segno.make(factors.address_of(secret, person), error="m")
    shown = {
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": picture.svg_inline(scale=4, border=2, dark="black", light="white", omitsize=False),
    }
    answer = form_page(
        request, "accounts/authenticator.html", forms.Code, action=act, success=reverse("accounts:security"),
        title=_("Set up an authenticator"), crumbs=_crumbs(_("Set up an authenticator")), submit=_("Switch it on"), context=shown,
    )  # fmt: skip
    if kept:
        del request.session[SETTING_UP]
        sessions.confirmed(request, by_factor=True)
        return _codes_page(request, kept[0].fresh_codes, is_another=is_another)
    return answer


@require_POST
@never_cache
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the earlier ones are void, and other sessions end."""
    key = request.session.session_key or ""
    person = lifecycle.renew_recovery_codes(actor=request.actor.with_key(None), but=key)  # type: ignore[attr-defined]
    return _codes_page(request, person.fresh_codes, is_another=True)


@require_POST
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    return do(
        request, lifecycle.remove_second_factor, but=request.session.session_key or "", success=reverse("accounts:security"),
        message=_("The second factor is off; all your other sessions ended."),
    )  # fmt: skip


def take_second_factor(request: HttpRequest) -> HttpResponse:
    """The operator's admin takes away what somebody has lost, once they have proved who they are."""
    policy.require(request.actor, "accounts.take_second_factor")  # type: ignore[attr-defined]
    title = _("Take a lost second factor away")
    return form_page(
        request, "components/form_page.html", forms.LostFactor, action=lifecycle.take_second_factor,
        initial={"email": request.GET.get("email", "")[:254]}, success=reverse("accounts:organisations"), title=title,
        crumbs=[crumb(_("Organisations"), reverse("accounts:organisations")), crumb(title)], submit=_("Take it away"),
        message=_("It is gone, and the person's sessions ended."),
        context={"cannot_undo": _("The authenticator and the recovery codes are void, and all sessions of the person end.")},
    )  # fmt: skip


@require_POST
def end_session(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request, lifecycle.end_session, session_id=pk, success=reverse("accounts:security"), message=_("The session ended.")
    )  # fmt: skip


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key or ""
    return do(
        request, lifecycle.end_other_sessions, but=key, success=reverse("accounts:security"),
        message=_("All other sessions ended."),
    )  # fmt: skip


@require_POST
def leave_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request, lifecycle.leave_organisation, membership_id=pk, success=reverse("accounts:security"),
        message=_("You left the organisation."),
    )  # fmt: skip


def close_account(request: HttpRequest) -> HttpResponse:
    """Close one's account for good."""
    person = _me(request)
    policy.require(request.actor, "accounts.close_account", person)  # type: ignore[attr-defined]

    def act(actor: Any, email: str) -> Person:
        if email.strip().lower() != person.email.lower():
            raise Invalid(_("This is not the address of this account."), field="email")
        return lifecycle.close_account(actor=actor)

    def success(_person: Person) -> str:
        logout(request)
        messages.success(request, str(_("Your account is closed.")))
        return reverse("accounts:sign_in")

    return form_page(
        request, "components/form_page.html", forms.CloseAccount, action=act, success=success,
        title=_("Close my account"), crumbs=_crumbs(_("Close my account")), submit=_("Close for good"),
        context={"cannot_undo": _("Your seats end and your contact data are erased. What you signed keeps your name.")},
    )  # fmt: skip


@require_POST
def ask_second_factor(request: HttpRequest, pk: UUID) -> HttpResponse:
    is_needed = request.POST.get("is_needed") == "yes"
    return do(
        request, lifecycle.ask_second_factor, organisation_id=pk, is_needed=is_needed,
        success=reverse("accounts:members"), message=_("Saved."),
    )  # fmt: skip


def merge_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let an organisation go on in another; history stays under the old name."""
    actor = request.actor  # type: ignore[attr-defined]
    row = policy.fetch(actor, "accounts.merge_organisation", Organisation, pk)
    others = organisations_visible_to(actor).filter(state=OrganisationState.VERIFIED).exclude(pk=pk).order_by("name")
    choices = [(str(one.pk), f"{one.name} · {one.uscc}") for one in others[:1000]]

    def act(actor: Any, into: str, reason: str) -> Organisation:
        return lifecycle.merge_organisation(actor=actor, organisation_id=pk, into=UUID(into), reason=reason)

    crumbs = [
        crumb(_("Organisations"), reverse("accounts:organisations")),
        crumb(row.name, reverse("accounts:organisation", args=[pk])),
    ]
    return form_page(
        request, "components/form_page.html", forms.Merge, action=act, form_kwargs={"choices": choices},
        success=reverse("accounts:organisation", args=[pk]), title=_("Merge into another organisation"), crumbs=crumbs,
        submit=_("Merge"), message=_("Merged."),
        context={"cannot_undo": _("A merger stays. What was agreed and signed keeps the old name.")},
    )  # fmt: skip


def _sign_ons(request: HttpRequest, person: Person) -> dict[str, Any]:
    """The linked sign-ons, also those of an earlier provider; nothing at all where single sign-on was never configured."""
    rows = list(sign_ons_visible_to(request.actor))  # type: ignore[attr-defined]
    for row in rows:
        row.provider = oidc.name() if row.issuer == settings.OIDC_ISSUER else row.issuer  # type: ignore[attr-defined]
    return {
        "sign_ons": rows,
        "provider": oidc.name() if oidc.is_on() else "",
        "may_link": oidc.is_on() and not any(row.issuer == settings.OIDC_ISSUER for row in rows),
        "has_password": person.has_usable_password(),
    }


def _check_code(person: Person, code: str) -> None:
    """Nothing, or Invalid beside `code`. The count of wrong codes is kept although the form is refused."""
    with transaction.atomic():
        good = factors.accept(person, code)
    if not good:
        metrics.SIGN_IN_FAILURES.labels("second_factor").inc()
        raise Invalid(_("This code does not fit, or it was used already."), field="code")


def _codes_page(request: HttpRequest, codes: list[str], *, is_another: bool) -> HttpResponse:
    crumbs = _crumbs(_("Recovery codes"))
    shown = {"codes": codes, "is_another": is_another}
    return render_page(request, "accounts/codes.html", shown, title=_("Recovery codes"), crumbs=crumbs)


def _crumbs(last: Any = None) -> list[Any]:
    first = crumb(_("Safety of my account"), reverse("accounts:security") if last else "")
    return [first, crumb(last)] if last else [first]


def _me(request: HttpRequest) -> Person:
    person = request.actor.person  # type: ignore[attr-defined]
    if person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return person  # type: ignore[no-any-return]
