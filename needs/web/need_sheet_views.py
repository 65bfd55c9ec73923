"""A need on one sheet in the order of the official form, and any two of its versions side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.indicators import services as indicators
from core.web.page import crumb, render_page
from needs.models import Need
from needs.queries.need import issued_version, pair_of_versions, specifications_in, versions_seen
from needs.web.doors import actor_of


def need_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who asks, for what, until when; the problem, the techniques with the indicators as a table, what is expected: to print or to copy."""
    need = policy.fetch(actor_of(request), "needs.view_need", Need, pk)
    version = issued_version(need)
    shown = {
        "need": need, "stated": need, "owner": need.owner, "version": version, "rows": specifications_in(version),
        "definers": list(need.definers.select_related("organisation").exclude(state="declined")),
    }  # fmt: skip
    facts = [(_("Number"), need.code), (_("State"), need.get_state_display())]
    return render_page(
        request, "needs/need_sheet.html", shown, title=need.title, crumbs=_crumbs(need, _("Sheet")), facts=facts
    )


def compare_versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two versions of the indicators, `?from=` and `?to=`; at first the last two."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)
    versions = versions_seen(actor, need)
    before, after = pair_of_versions(versions, request.GET.get("from", ""), request.GET.get("to", ""))
    changes = indicators.difference(specifications_in(before), specifications_in(after))
    shown = {"need": need, "versions": versions, "before": before, "after": after, "changes": changes}
    return render_page(
        request, "needs/need_versions.html", shown, title=_("Versions compared"), crumbs=_crumbs(need, _("Versions"))
    )


def _crumbs(need: Need, last: Any) -> list[Any]:
    return [
        crumb(_("Need library"), reverse("needs:needs")),
        crumb(need.code, reverse("needs:need", args=[need.pk])),
        crumb(last),
    ]
