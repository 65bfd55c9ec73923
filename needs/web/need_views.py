"""The need library and the page of one need."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import book, checks
from core.access import policy
from core.files.web import respond
from core.indicators import services as indicators
from core.indicators.engine import compare
from core.web.page import crumb, render_page
from needs.models import IndicatorComment, Need, NeedEvidence
from needs.queries.freshness import leaves_matching_on
from needs.queries.need import (
    definers_of,
    defines,
    shown_of,
    signature_matrix,
    specifications_in,
    versions_seen,
)
from needs.states.need import ALIVE, EDITABLE, NEED, NeedState
from needs.web.doors import actor_of
from needs.web.openness_views import of_need


def need_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pain point, evidence, indicators with every party's stand, versions and what is asked of the reader."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk, "owner", "chain", "node")
    definers, versions = definers_of(need), versions_seen(actor, need)
    own, definer = actor.belongs_to(need.owner_id), defines(actor, definers)
    shown_version = shown_of(need, versions, own=own)
    specifications = specifications_in(shown_version)
    matrix = signature_matrix(need, definers=definers, specifications=specifications) if shown_version else None
    measured = indicators.latest(specifications, need.pk)
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
        "evidence": list(need.evidence.select_related("file")), "definers": definers,
        "missing": [hit.missing for _one, hit in checks.hits_at("needs.publish_need", need) if hit.missing] if own and editable and rows else [],
        "not_ready": [hit.missing for _one, hit in checks.hits_at("needs.define_indicator", need) if hit.missing] if own and editable else [],
        "can_issue": own and shown_version is not None and shown_version.issued_at is None and editable and policy.can(actor, "needs.issue_version", need),
        "leaves_on": leaves_matching_on(need) if need.stale_at and need.review_on else None,
        "can_close": need.state == NeedState.PUBLISHED and policy.can(actor, "needs.close_need", need),
        "can_merge": "merge_needs" in NEED.open_moves(need.state) and policy.can(actor, "needs.propose_merge", need),
        "sees_kept": need.merged_into is not None and policy.visible_to(actor, Need).filter(pk=need.merged_into.pk).exists(),
        "can_weigh": need.state in ALIVE and policy.can(actor, "needs.set_priority", need),
        "can_challenge": need.state == NeedState.PUBLISHED and own,
        "openness": of_need(actor, need),
        "timeline": book.timeline(need) if own or definer else [],
    }  # fmt: skip
    facts = [
        (_("Chain"), str(need.chain)),
        (_("Node"), str(need.node)),
        (_("Demand side"), need.get_demand_side_display()),
        (_("Priority"), need.priority or ""),
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
