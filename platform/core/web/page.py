"""Helpers for whole pages: breadcrumb, head and the choice between page and fragment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Crumb:
    """One step of the breadcrumb; the last one has no address."""

    label: Text
    url: str = ""


def crumb(label: Text, url: str = "") -> Crumb:
    """A step of the breadcrumb: `crumbs=[crumb(_("Needs"), reverse("needs:list")), crumb(need.code)]`."""
    return Crumb(label, url)


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    title: Text,
    crumbs: Sequence[Crumb] = (),
    facts: Sequence[tuple[Text, Any]] = (),
    status: int = 200,
) -> HttpResponse:
    """The page `template`, which extends `base.html`, with title, breadcrumb and the line of facts below the title."""
    shown = {"page_title": title, "crumbs": crumbs, "facts": facts, **(context or {})}
    response = render(request, template, shown, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page rather than for a whole one."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def fresh_key() -> str:
    """A new idempotency key for one form: sent twice, it takes effect once."""
    return str(uuid4())


def sent_key(request: HttpRequest) -> str | None:
    """The idempotency key that came with a form, if it is one of ours."""
    try:
        return str(UUID(request.POST.get("_key", "")))
    except ValueError:
        return None


def sent_version(request: HttpRequest) -> int | None:
    """The version of the row that a form was opened with; None if it names none, 0 for what is no version of ours."""
    sent = request.POST.get("version", "")
    is_ours = sent.isascii() and sent.isdigit() and len(sent) < 10
    return None if not sent else int(sent) if is_ours else 0
