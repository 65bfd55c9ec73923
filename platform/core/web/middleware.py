"""Middleware of the pages: refusals, language, security headers, and the idempotency key a form carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core import errors
from core.web.page import is_fragment, sent_key
from core.web.preferences import language_of

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing inline and nothing from elsewhere: a script or style that is not in our static files does not run.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the little pictures of Tabler's stylesheet
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Every answer but the static files shows one reader's view of things; no cache keeps it, not even the browser's.
    "Cache-Control": "no-store",
}
# What REST answers is for programs: a browser that is led there saves it and shows nothing of it.
DOWNLOADED = ("application/json", "application/problem+json")
ANSWER = 'attachment; filename="answer.json"'
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class SecurityHeadersMiddleware:
    """Sends the content security policy and its companions with every answer; answers no method that nobody needs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if request.path.startswith("/api/v1/") and kind in DOWNLOADED:
            response.headers.setdefault("Content-Disposition", ANSWER)
        return response


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise; stands after the actor's middleware, which knows the person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            is_api = request.path.startswith("/api/")
            patch_vary_headers(
                response, ["Cookie", *(["Authorization", "Accept-Language"] if is_api else ["HX-Request"])]
            )
            response.headers.setdefault("Content-Language", language)
        return response


class RefusalMiddleware:
    """Turns a refusal into a page, or into a fragment for htmx, with the refusal's own status.

    It also hands the key of a form to the actor, so that the same form sent twice takes effect once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        actor: Any = getattr(request, "actor", None)
        is_form = request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
        if request.method != "POST" or actor is None or not is_form or request.path.startswith("/api/"):
            return
        key = sent_key(request)
        if key and not actor.key:
            request.actor = actor.with_key(key)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, refusal: Exception) -> HttpResponse | None:
        if not isinstance(refusal, errors.Refusal) or request.path.startswith("/api/"):
            return None
        return refusal_response(request, refusal)


CSRF_FIELD = "csrfmiddlewaretoken"
FROM_US = {CSRF_FIELD, "_key", "version"}  # in a form that carries nothing else, nobody has typed anything
TEMPLATES = {404: "errors/404.html", 403: "errors/403.html"}


def refusal_response(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """The page that says what was refused, what is missing and who can mend it, with a way back.

    Who is not signed in and meets a door that asks for it is led to the sign-in page, and from there back.
    """
    if refusal.code == "not_signed_in" and (request.method == "GET" or is_fragment(request)):
        return _to_sign_in(request)
    if isinstance(refusal, errors.NotFresh):
        return _kept(request, refusal) if _is_typed(request) else _to_confirm(request)
    context = {"refusal": refusal, "back_url": _way_back(request)}
    if is_fragment(request):
        response = render(request, "components/_refusal.html", context, status=refusal.status)
        # htmx swaps error answers only when told to; the panel goes where the page keeps room for it.
        response.headers["HX-Retarget"] = "#refusal"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return render(request, TEMPLATES.get(refusal.status, "errors/refusal.html"), context, status=refusal.status)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path() if request.method == "GET" and not is_fragment(request) else "/"
    address = f"{settings.LOGIN_URL}?{urlencode({'next': here})}"
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _to_confirm(request: HttpRequest) -> HttpResponse:
    """To the page that asks who it is, and from there back: to this page, or to the one whose button was pressed."""
    here = (
        request.get_full_path() if request.method == "GET" and not is_fragment(request) else _way_back(request) or "/"
    )
    if request.method != "GET":
        messages.info(request, _("Confirm that it is you; then press the button once more."))
    address = f"{reverse('accounts:confirm')}?{urlencode({'next': here})}"
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _is_typed(request: HttpRequest) -> bool:
    """Whether a form came with more than its button; a password is never sent back, and so is typed again."""
    typed = request.POST.keys() - FROM_US if request.method == "POST" and not is_fragment(request) else set()
    return bool(typed or request.FILES) and not any("password" in name for name in typed)


def _kept(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """The page that keeps what was typed while one confirms who it is in another tab, to send it again."""
    fields = [(name, value) for name, values in request.POST.lists() if name != CSRF_FIELD for value in values]
    context = {"why": refusal.message, "fields": fields, "files": list(request.FILES), "back_url": _way_back(request)}
    response = render(request, "errors/confirm.html", context, status=refusal.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _way_back(request: HttpRequest) -> str:
    origin = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure())
    return origin if origin and is_ours else ""
