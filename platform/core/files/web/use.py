"""On the page of one's own organisation: how much its files come to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from core.accounts.models import Organisation
from core.files import quota
from core.web import slots


def show_use(request: HttpRequest, *, organisation: Organisation) -> str | None:
    """The organisation's own members see it; nobody else learns what comes in."""
    actor = request.actor  # type: ignore[attr-defined]
    if not settings.FILE_QUOTA or not actor.belongs_to(organisation):
        return None
    shown = {"used": quota.used(actor), "quota": settings.FILE_QUOTA}
    return render_to_string("files/use.html", shown, request=request)


slots.register("accounts.organisation_page", show_use)
