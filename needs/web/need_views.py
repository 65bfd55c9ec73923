"""The need library and the page of one need."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core import book, checks
from core.access import policy
from core.files.web import respond
from core.indicators import services as indicators
from core.indicators.engine import compare
from core.search import queries as search
from core.web import tables
from core.web.page import crumb, render_page
from needs.models import IndicatorComment, Need, NeedEvidence
from needs.queries.need import (
    current_version,
    is_definer,
    issued_version,
    needs_visible_to,
    signature_matrix,
    specifications_in,
)
from needs.states.need import EDITABLE, NEED, DemandSide, NeedState
from needs.web.doors import actor_of


class Needs(tables.Table):
    columns = [
        tables.Column("title", _("Need"), sort="title", is_primary=True, link=lambda row: reverse("needs:need", args=[row.pk]),
                      note=lambda row: row.code),
        tables.Column("code", _("Number"), kind="code", sort="code", in_page=False),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__name"),
        tables.Column("demand_side", _("Demand side"), sort="demand_side"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("budget", _("Budget"), kind="money", sort="budget"),
        tables.Column("deadline_on", _("Wanted by"), kind="date", sort="deadline_on"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("pain_point", _("Pain point"), in_page=False),
        tables.Column("field", _("Field"), in_page=False),
        tables.Column("region_code", _("Region"), in_page=False),
        tables.Column("affected_users", _("Affected users"), in_page=False),
        tables.Column("constraints", _("Constraints"), in_page=False),
        tables.Column("title_en", _("English title"), in_page=False),
        tables.Column("confidentiality", _("Who may read it"), in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), lookup="chain_id", facet=True, choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Choice("node", _("Node"), lookup="node_id",
                      choices=lambda: [(row.pk, str(row)) for row in ChainNode.objects.order_by("chain__name", "order")]),
        tables.Choice("side", _("Demand side"), lookup="demand_side", choices=DemandSide.choices, facet=True),
        tables.Choice("state", _("State"), choices=NeedState.choices, facet=True),
        tables.Text("field", _("Field")),
        tables.Text("region", _("Region"), lookup="region_code"),
        tables.NumberRange("budget", _("Budget"), unit=_("10,000 yuan"), scale=Decimal(10000)),
        tables.DateRange("deadline", _("Wanted by"), lookup="deadline_on"),
    ]  # fmt: skip
    search = ["title"]
    search_hint = _("Search in both languages")
    default_sort = "-created_at"
    file_name = "needs"
    empty = tables.Empty(
        _("No need yet"), _("Needs that chain leaders publish stand here; your own drafts as well."), icon="list-search"
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "owner_id"), *self.filters]

    def search_condition(self, text: str) -> Q:
        """Through the one search: words of both languages, pairs of characters, typing errors."""
        found = search.search(self.context["actor"], text, kinds=["need"])
        return Q(pk__in=found.order_by().values("object_id"))


def list_needs(request: HttpRequest) -> HttpResponse:
    """The need library (R019)."""
    actor = actor_of(request)
    rows = needs_visible_to(actor).select_related("chain", "node", "owner")
    buttons = []
    if actor.organisation and policy.can(actor, "needs.post_need", actor.organisation):
        buttons.append({"label": _("Post a need"), "url": reverse("needs:post_need"), "icon": "plus", "primary": True})
        buttons.append({"label": _("From a file"), "url": reverse("needs:import_needs"), "icon": "upload"})
    return tables.render(request, Needs(rows, actor=actor), title=_("Need library"), actions=buttons)


def need_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pain point, evidence, indicators with every party's stand, versions and what is asked of the reader."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)
    own, definer = actor.belongs_to(need.owner_id), is_definer(actor, need)
    newest, issued = current_version(need), issued_version(need)
    shown_version = newest if own else issued
    specifications = specifications_in(shown_version)
    matrix = signature_matrix(need, shown_version) if shown_version else None
    measured = indicators.latest(specifications, need.pk)
    versions = list(need.versions.filter(Q(issued_at__isnull=False) | Q(pk=newest.pk if own and newest else None)))
    lines = (
        indicators.difference(specifications_in(versions[-2]), specifications_in(versions[-1]))
        if len(versions) > 1
        else []
    )
    editable = need.state in EDITABLE
    comments: dict[Any, list[IndicatorComment]] = {}
    if own or definer:
        for one in need.comments.select_related("person", "organisation"):
            comments.setdefault(one.indicator_id, []).append(one)
    rows = [
        {
            "spec": line.specification, "cells": line.cells, "comments": comments.get(line.specification.indicator_id, []),
            "measured": measured.get(line.specification.pk),
            "verdict": compare(line.specification.to_spec(), measured[line.specification.pk].to_value()) if line.specification.pk in measured else None,
            "mine": next((cell.verdict for cell in line.cells if cell.organisation.pk == actor.organisation_id), None),
        }
        for line in (matrix.lines if matrix else [])
    ]  # fmt: skip
    signing = (
        definer
        and need.state in (NeedState.DEFINING, NeedState.DEFINED)
        and policy.can(actor, "needs.sign_indicator", need)
    )
    moves = [move for move in NEED.open_moves(need.state) if _known(move) and policy.can(actor, f"needs.{move}", need)]
    shown = {
        "need": need, "own": own, "definer": definer, "editable": editable and own, "rows": rows, "parties": matrix.parties if matrix else [],
        "versions": versions, "shown_version": shown_version, "changes": lines, "signing": signing, "moves": moves, "stated": need,
        "evidence": list(need.evidence.select_related("file")), "definers": list(need.definers.select_related("organisation")),
        "missing": [hit.missing for _one, hit in checks.hits_at("needs.publish_need", need) if hit.missing] if own and editable and rows else [],
        "not_ready": [hit.missing for _one, hit in checks.hits_at("needs.define_indicator", need) if hit.missing] if own and editable else [],
        "can_issue": own and newest is not None and newest.issued_at is None and editable and policy.can(actor, "needs.issue_version", need),
        "can_close": need.state == NeedState.PUBLISHED and policy.can(actor, "needs.close_need", need),
        "can_challenge": need.state == NeedState.PUBLISHED and own,
        "timeline": book.timeline(need) if own or definer else [],
    }  # fmt: skip
    facts = [
        (_("Chain"), str(need.chain)),
        (_("Node"), str(need.node)),
        (_("Demand side"), need.get_demand_side_display()),
        (_("Owner"), need.owner.name),
    ]
    crumbs = [crumb(_("Need library"), reverse("needs:needs")), crumb(need.code)]
    return render_page(request, "needs/need.html", shown, title=need.title, crumbs=crumbs, facts=facts)


def evidence_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file itself."""
    row = policy.fetch(actor_of(request), "needs.view_evidence", NeedEvidence, pk)
    return respond(row.file, request)  # type: ignore[return-value]


def _known(move: str) -> bool:
    return move in {"publish_need", "withdraw_need"}
