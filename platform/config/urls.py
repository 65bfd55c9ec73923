"""Where each room's doors are mounted: pages under the room's name, the API under /api/v1/."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path
from oauth2_provider.views import RevokeTokenView, TokenView
from rest_framework.routers import SimpleRouter

from core.api.description import DescriptionView
from core.api.throttles import limited

PAGES = {
    "core.accounts.web.urls": "accounts/",
    "core.book.web.urls": "book/",
    "core.inbox.web.urls": "inbox/",
    "core.search.web.urls": "search/",
    "core.checks.web.urls": "alerts/",
    "core.files.web.urls": "files/",
    "core.webhooks.web.urls": "webhooks/",
    "core.web.urls": "",
    "chains.web.urls": "chains/",
    "needs.web.urls": "needs/",
    "needs.web.open_urls": "open/",
    "projects.web.urls": "projects/",
    "benefits.web.urls": "benefits/",
    "portal.web.urls": "",
}
API = [
    "core.accounts.api.urls",
    "core.book.api.urls",
    "core.inbox.api.urls",
    "core.search.api.urls",
    "core.checks.api.urls",
    "core.webhooks.api.urls",
    "chains.api.urls",
    "needs.api.urls",
    "projects.api.urls",
    "benefits.api.urls",
    "portal.api.urls",
]


def api_patterns() -> list[URLPattern | URLResolver]:
    """One router over every room's `routes`, and the rooms' single addresses in `urlpatterns`."""
    router = SimpleRouter()
    single: list[URLPattern | URLResolver] = []
    for name in API:
        module = import_module(name)
        for prefix, view, basename in getattr(module, "routes", []):
            router.register(prefix, view, basename=basename)
        single += getattr(module, "urlpatterns", [])
    return [*single, *router.urls]


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api_patterns())),
    path("api/schema/", DescriptionView.as_view(), name="schema"),
    path("oauth/token/", limited(TokenView.as_view()), name="oauth_token"),
    path("oauth/revoke/", RevokeTokenView.as_view(), name="oauth_revoke"),
    *(path(where, include(name)) for name, where in PAGES.items()),
]

handler400 = "core.web.views.malformed"
handler403 = "core.web.views.forbidden"
handler404 = "core.web.views.not_found"
handler500 = "core.web.views.broken"
