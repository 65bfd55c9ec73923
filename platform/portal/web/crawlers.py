"""What search engines are told: which pages they may read, and which public pages there are (R015, R017)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import limits
from core.inbox.mail import absolute
from needs.queries.public import applications_public, challenges_public, results_public

# A sitemap may name 50,000 pages; smaller ones are written and read more quickly.
PAGES_OF_ONE = 5_000


class _Here:
    """Our own address as the sitemaps' framework asks for it, whatever name the question came by."""

    @property
    def domain(self) -> str:
        return urlsplit(settings.PUBLIC_URL).netloc


class _Ours(Sitemap):  # type: ignore[type-arg]  # the stubs make it generic, the class is not
    limit = PAGES_OF_ONE

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        return super().get_urls(page=page, site=_Here(), protocol=urlsplit(settings.PUBLIC_URL).scheme)  # type: ignore[arg-type]  # asked for its domain alone


class Lists(_Ours):
    """The lists themselves."""

    changefreq = "daily"

    def items(self) -> list[str]:
        return ["challenges", "results", "outcomes"]

    def location(self, item: str) -> str:
        return reverse(f"open:{item}")


class Rows(_Ours):
    """One page for each row that everybody may read."""

    def __init__(self, name: str, rows: Callable[[], QuerySet[Any]]) -> None:
        self.name, self.rows = name, rows

    def items(self) -> QuerySet[Any]:
        return self.rows().only("pk", "updated_at").order_by("pk")

    def lastmod(self, item: Any) -> dt.datetime:
        return item.updated_at  # type: ignore[no-any-return]

    def get_latest_lastmod(self) -> dt.datetime | None:
        return self.rows().aggregate(newest=Max("updated_at"))["newest"]  # type: ignore[no-any-return]

    def location(self, item: Any) -> str:
        return reverse(f"open:{self.name}", args=[item.pk])


def sections() -> dict[str, Any]:
    """The sitemaps by name."""
    return {
        "lists": Lists(), "challenges": Rows("challenge", challenges_public), "results": Rows("result", results_public),
        "outcomes": Rows("outcome", applications_public),
    }  # fmt: skip


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The pages that search engines may read: the public ones, without the endless ways to filter them (open to strangers)."""
    lines = ["User-agent: *", "Allow: /open/", "Allow: /static/", "Disallow: /open/*?", "Disallow: /"]
    lines += ["", f"Sitemap: {absolute(reverse('portal:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of sitemaps: as many of each kind as its rows need (open to strangers)."""
    limits.ask(request, "feed")
    listed = []
    for name, one in sections().items():
        address, newest = absolute(reverse("portal:sitemap_part", args=[name])), one.get_latest_lastmod()
        for page in range(1, one.paginator.num_pages + 1):
            listed.append({"location": address + (f"?p={page}" if page > 1 else ""), "last_mod": newest})
    return render(request, "sitemap_index.xml", {"sitemaps": listed}, content_type="application/xml")


@require_safe
def sitemap_part(request: HttpRequest, section: str) -> HttpResponseBase:
    """The public pages of one kind, at most 5,000 in one answer (open to strangers)."""
    limits.ask(request, "feed")
    return sitemap(request, sitemaps=sections(), section=section)
