"""Doors of the shell: language, theme, and the pages for what went wrong outside our own refusals."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, trace
from core.web.preferences import THEME_COOKIE, THEMES, remember_language

YEAR = 365 * 24 * 3600


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Show the page in the other language, here and wherever this person signs in (open to strangers)."""
    response = HttpResponseRedirect(_next(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        remember_language(request, language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device; the way without scripts (open to strangers)."""
    response = HttpResponseRedirect(_next(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _problem(status: int, title: str) -> HttpResponse:
    """What programs get where people get a page."""
    code = {403: "not_allowed", 404: "not_found", 500: "broken"}[status]
    kind = f"urn:xielian:problem:{code}"
    body = {"type": kind, "title": title, "status": status, "code": code, "detail": title} | trace.for_problems()
    return JsonResponse(body, status=status, content_type="application/problem+json")


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 before any room was reached, as for a host name that is not ours: says as little as it can, in both languages."""
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness (open to strangers); nothing where the operator names nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (clock.now() + dt.timedelta(days=180)).astimezone(dt.UTC).replace(microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.PUBLIC_URL.rstrip('/')}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for addresses no room serves."""
    if request.path.startswith("/api/"):
        return _problem(404, _("There is nothing at this address."))
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 that did not come from a rule of ours."""
    if request.path.startswith("/api/"):
        return _problem(403, _("Your organisation or role does not allow this."))
    return render(request, "errors/403.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: says nothing about the inside and asks the database for nothing."""
    if request.path.startswith("/api/"):
        return _problem(500, _("Something broke on our side"))
    return HttpResponse(render_to_string("errors/500.html", {"request_id": trace.current()}), status=500)


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret does not fit this session."""
    return render(request, "errors/csrf.html", status=403)


def too_many(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Sign-in tries beyond the limit."""
    return render(request, "errors/429.html", status=429)
