"""Signing in and out, one's own account, the seat one acts from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, views
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import limits
from core.access import policy
from core.accounts import actions, browsers, entry, factors, oidc, passwords, privacy, sessions, strength
from core.accounts.middleware import act_for
from core.accounts.models import Membership, Organisation, Person
from core.accounts.web import forms
from core.accounts.web.security import ask_for_another_password, keep_language, onward, wait_for_code
from core.errors import Invalid, Missing, NotAllowed, NotFound, TooMany
from core.web.forms import form_page
from core.web.page import render_page

GUESSES = "guesses"  # the limit of failed sign-ins to one account, from wherever
METER = "meter"  # the limit of questions how strong a password is
DOOR = "door"  # the limit of tries at the doors that anybody may knock on


class SignIn(views.LoginView):
    """The sign-in page; five failures from one address for one account shut the door for a while.

    Fifty for one account within an hour, from wherever, shut it to every browser that nobody has signed in from for that account: guessing ends,
    and who guesses does not lock the person out.
    """

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limits.ask(request, DOOR)
        tried = limits.spent(GUESSES, self._account())
        if tried is not None and tried.left == 0:
            person = Person.objects.filter(email__iexact=request.POST.get("username", "").strip()).first()
            if person is None or not browsers.is_known(request, person):
                raise TooMany(
                    _(
                        "Too many failed sign-ins to this account; try again in %(minutes)d minutes, or from a browser that you used for it before."
                    )
                    % {"minutes": -(-tried.resets_in // 60)}
                )
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.request.POST.get("username", "").strip():
            limits.spend(GUESSES, self._account())
        return super().form_invalid(form)

    def _account(self) -> str:
        """Which account is tried, there or not, without telling it to the cache."""
        email = self.request.POST.get("username", "").strip().casefold()
        return salted_hmac("accounts.guesses", email).hexdigest()[:32]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["page_title"] = _("Sign in")
        context["provider"] = oidc.name() if oidc.is_on() else ""
        if settings.DEMO:
            people = Person.objects.filter(email__endswith="@demo.xielian.test", is_active=True).order_by("created_at")
            context["demo_people"] = people.prefetch_related("memberships__organisation")
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        is_common = strength.is_common(form.cleaned_data["password"])
        if factors.has_factor(person):
            response = wait_for_code(self.request, person, self.get_success_url(), is_common=is_common)
        else:
            response = super().form_valid(form)
            if is_common:
                response = redirect(ask_for_another_password(self.request, self.get_success_url()))
        return keep_language(self.request, response, person)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; where the setting says so, the one at the provider of single sign-on as well."""
    how = request.session.get(sessions.SIGN_ON) or {}
    logout(request)
    back = settings.PUBLIC_URL.rstrip("/") + reverse("accounts:sign_in")
    if oidc.is_on() and (address := oidc.sign_out_address(how.get("token", ""), back)):
        return onward(request, address, title=_("Signing out at %(provider)s") % {"provider": oidc.name()})
    return redirect("accounts:sign_in")


def sign_up(request: HttpRequest) -> HttpResponse:
    """The first step to an account: the address. The answer is the same whether or not it has an account."""
    if request.method == "POST":
        limits.ask(request, DOOR)
    wanted = request.GET.get("next", "") if _is_ours(request, "next") else ""

    def act(**values: Any) -> str:
        return actions.ask_for_account(language=request.LANGUAGE_CODE, wanted=wanted, **values)

    def success(email: str) -> str:
        if not settings.DEMO:
            return reverse("accounts:sign_up_sent")
        messages.info(
            request, str(_("This demonstration sends no e-mail: the link that would be in it opens at once."))
        )
        return f"{reverse('accounts:open_account', args=[entry.token_for(email)])}?{urlencode({'next': wanted})}"

    return form_page(
        request, "components/form_page.html", forms.SignUp, action=act, success=success, title=_("Open an account"),
        submit=_("Send me the link"),
    )  # fmt: skip


def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """Says that a message is on its way."""
    return render(request, "accounts/sign_up_sent.html", {"page_title": _("Look into your mailbox")})


@never_cache
def open_account(request: HttpRequest, token: str) -> HttpResponse:
    """The second step, behind the link: name and password; then one is signed in."""
    try:
        email = entry.address_in(token)
    except Invalid as over:
        return render_page(request, "accounts/link_over.html", {"words": over.message}, title=_("Open an account"), status=410)  # fmt: skip
    if Person.objects.filter(email__iexact=email).exists():  # whoever holds the link has the mailbox, and may know
        messages.info(request, str(_("There is an account with this e-mail; sign in, or reset its password.")))
        return redirect("accounts:sign_in")

    def act(agrees: bool, **values: Any) -> Person:
        agreed_to = privacy.VERSION if agrees else ""
        return actions.register_person(token=token, language=request.LANGUAGE_CODE, agreed_to=agreed_to, **values)

    def success(person: Person) -> str:
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        wanted = request.GET.get("next", "")
        return wanted if wanted and _is_ours(request, "next") else reverse("accounts:register_organisation")

    return form_page(
        request, "accounts/open_account.html", forms.NewAccount, action=act, success=success, title=_("Open an account"),
        submit=_("Open the account"), context={"email": email},
    )  # fmt: skip


def edit_profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language and expertise."""
    person = _me(request)
    first = {name: getattr(person, name) for name in ("name", "title", "language", "is_expert", "expertise")}
    return form_page(
        request,
        "accounts/profile.html",
        forms.Profile,
        action=actions.edit_profile,
        success=reverse("accounts:profile"),
        title=_("My account"),
        initial=first,
        message=_("Saved."),
    )


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organisation, or in another of its kinds; without a second account (R027).

    An expert who has a seat names no organisation to act as the expert they are.
    """
    me = _me(request)
    wanted, kind = request.POST.get("organisation", ""), request.POST.get("kind", "")
    if not wanted and me.is_expert:
        act_for(request, None)
        return redirect("/")
    try:
        seat = Membership.objects.select_related("organisation").get(
            person=me, organisation_id=UUID(wanted), is_active=True
        )
    except (ValueError, Membership.DoesNotExist):
        raise NotFound(_("You are not a member of this organisation.")) from None
    _its_kind(seat.organisation, kind)
    act_for(request, seat.organisation, kind)
    return redirect("/")


def _its_kind(organisation: Organisation, kind: str) -> None:
    if kind and kind not in organisation.kinds:
        mended = Missing(
            _("The kind is not among those of %(name)s") % {"name": organisation.name},
            _("An admin of the organisation"),
            reverse("accounts:organisation", args=[organisation.pk]),
        )
        raise Invalid(
            _("An organisation acts only in the kinds it is registered with."), code="not_its_kind", missing=[mended]
        )


def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the invitation offers; a click takes the seat."""
    if request.actor.person is None:  # type: ignore[attr-defined]
        return redirect(f"{reverse('accounts:sign_in')}?next={request.path}")
    if request.method == "POST":
        agreed_to = request.POST.get("agreed_to", "")
        seat = actions.accept_invitation(actor=request.actor, token=token, agreed_to=agreed_to)  # type: ignore[attr-defined]
        act_for(request, seat.organisation)
        messages.success(request, str(_("Welcome.")))
        return redirect("/")
    has_agreed = privacy.agreement_of(_me(request)) is not None
    shown = {"page_title": _("Invitation"), "asked_version": "" if has_agreed else privacy.VERSION}
    return render(request, "accounts/accept_invitation.html", shown)


class ChangePassword(views.PasswordChangeView):
    """A new password for the one who knows the old one, or has none and has lately proved who they are."""

    template_name = "accounts/password_form.html"
    form_class = forms.ChangePassword
    success_url = reverse_lazy("accounts:profile")
    extra_context = {"page_title": _("Change password"), "submit_label": _("Change password")}

    def get_success_url(self) -> str:
        """Whoever had to choose another one before going on goes on."""
        return str(self.request.session.pop(sessions.COMMON, "") or super().get_success_url())

    def form_valid(self, form: Any) -> HttpResponse:
        before = self.request.session.session_key
        response = super().form_valid(form)
        sessions.moved(self.request, before)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"is_held": sessions.COMMON in self.request.session}

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = self.request.user
        if isinstance(person, Person) and not person.has_usable_password():
            policy.require(self.request.actor, "accounts.set_first_password", person)  # type: ignore[attr-defined]
            self.form_class = forms.NewPassword  # type: ignore[assignment]  # the same form less the old password
            self.extra_context = {"page_title": _("Set a password"), "submit_label": _("Set the password")}
        return super().dispatch(*args, **kwargs)


@require_POST
def measure_password(request: HttpRequest) -> HttpResponse:
    """How strong the password is that somebody is typing; nothing of it is kept, and too many questions are answered by silence."""
    typed = request.POST.get("new_password1") or request.POST.get("password") or ""
    try:
        limits.ask(request, METER)
    except TooMany:
        return HttpResponse(status=204)
    person = request.actor.person or Person(name=request.POST.get("name", "")[:80])  # type: ignore[attr-defined]
    found = strength.strength_of(typed[: passwords.MAXIMUM + 1], person) if typed else None
    return render(request, "accounts/_strength.html", {"found": found})


class ResetPassword(views.PasswordResetView):
    """A link by e-mail; the answer is the same, and takes as long, whether or not the address is known."""

    template_name = "accounts/password_form.html"
    form_class = forms.AskForReset
    success_url = reverse_lazy("accounts:reset_sent")
    extra_context = {"page_title": _("Forgotten password"), "submit_label": _("Send me a link")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limits.ask(request, DOOR)
        return super().post(request, *args, **kwargs)


def reset_sent(request: HttpRequest) -> HttpResponse:
    """Says that a message is on its way if the address is known."""
    return render(request, "accounts/reset_sent.html", {"page_title": _("Look into your mailbox")})


class NewPassword(views.PasswordResetConfirmView):
    """The page behind the link."""

    template_name = "accounts/password_form.html"
    form_class = forms.NewPassword
    success_url = reverse_lazy("accounts:sign_in")
    token_generator = default_token_generator
    extra_context = {"page_title": _("New password"), "submit_label": _("Set the password")}


def _me(request: HttpRequest) -> Person:
    person = request.actor.person  # type: ignore[attr-defined]
    if person is None:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return person  # type: ignore[no-any-return]


def _is_ours(request: HttpRequest, name: str) -> bool:
    return url_has_allowed_host_and_scheme(request.GET.get(name, ""), allowed_hosts={request.get_host()})
