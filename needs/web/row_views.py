"""Needs and indicators by file: template, upload, preview, confirmation, and the present rows as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import checks
from core.access import policy
from core.files import imports
from core.web.imports import preview_page, upload_page
from core.web.page import Crumb, crumb
from core.web.tables.files import rows_response
from needs.actions import rows as actions
from needs.models import Need
from needs.queries.need import current_version, issued_version, specifications_in
from needs.services import rows
from needs.web.doors import actor_of


def import_needs(request: HttpRequest) -> HttpResponseBase:
    """Many needs at once."""
    policy.acting_for(actor_of(request), "needs.import_needs")
    return upload_page(
        request, rows.NEEDS, begin=actions.begin_needs_import, crumbs=_crumbs(rows.NEEDS.title),
        preview=lambda draft: reverse("needs:imported_needs", args=[draft.pk]),
        context={"export_url": f"{reverse('needs:needs')}?whose=ours&file=xlsx"},
    )  # fmt: skip


def imported_needs(request: HttpRequest, draft: UUID) -> HttpResponseBase:
    """The rows of a file of needs, before they are posted."""
    actor = actor_of(request)
    policy.acting_for(actor, "needs.import_needs")
    found = imports.own_draft(actor, rows.NEEDS, draft)
    return preview_page(
        request, rows.NEEDS, draft=found, checked=imports.read(actor, rows.NEEDS, found), confirm=actions.import_needs,
        success=f"{reverse('needs:needs')}?whose=ours", again=reverse("needs:import_needs"), crumbs=_crumbs(rows.NEEDS.title),
    )  # fmt: skip


def import_indicators(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Many indicators of one need at once."""
    need = _open_need(request, pk)

    def begin(actor: Any, **values: Any) -> Any:
        return actions.begin_indicator_import(actor=actor, need_id=pk, **values)

    return upload_page(
        request, rows.INDICATORS, begin=begin, crumbs=_crumbs(rows.INDICATORS.title, need),
        preview=lambda draft: reverse("needs:imported_indicators", args=[pk, draft.pk]),
        context={"export_url": f"{reverse('needs:indicators_file', args=[pk])}?file=xlsx"},
    )  # fmt: skip


def imported_indicators(request: HttpRequest, pk: UUID, draft: UUID) -> HttpResponseBase:
    """The rows of a file of indicators, before they are defined."""
    need = _open_need(request, pk)
    actor = actor_of(request)
    found = imports.own_draft(actor, rows.INDICATORS, draft, target_id=pk)

    def confirm(actor: Any, draft_id: UUID) -> Any:
        return actions.import_indicators(actor=actor, need_id=pk, draft_id=draft_id)

    return preview_page(
        request, rows.INDICATORS, draft=found, checked=imports.read(actor, rows.INDICATORS, found, need), confirm=confirm,
        success=reverse("needs:need", args=[pk]), again=reverse("needs:import_indicators", args=[pk]),
        crumbs=_crumbs(rows.INDICATORS.title, need),
    )  # fmt: skip


def indicators_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The indicators that the reader sees on the need's page, in the columns that the import reads."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)
    version = current_version(need) if actor.belongs_to(need.owner_id) else issued_version(need)
    heads, found = imports.rows_of(rows.INDICATORS, rows.indicator_rows(specifications_in(version)))
    kind = "csv" if request.GET.get("file") == "csv" else "xlsx"
    return rows_response(request, f"{need.code}-indicators", heads, found, kind)


def _open_need(request: HttpRequest, pk: UUID) -> Need:
    need = policy.fetch(actor_of(request), "needs.define_indicator", Need, pk)
    checks.guard("needs.define_indicator", need)
    return need


def _crumbs(last: Any, need: Need | None = None) -> list[Crumb]:
    between = [crumb(need.code, reverse("needs:need", args=[need.pk]))] if need else []
    return [crumb(_("Need library"), reverse("needs:needs")), *between, crumb(last)]
