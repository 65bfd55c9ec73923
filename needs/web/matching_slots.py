"""The best matches, on the page of a need, a result or a capability (R121)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.access import policy
from core.web import slots
from needs.models.need import Need
from needs.models.result import Capability, Result
from needs.queries.matching import matches_of
from needs.states.need import NeedState
from needs.states.result import CapabilityState, ResultState

FEW = 5


def matches_of_need(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """For the need's owner while the need is open: what could solve it."""
    actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if need.state != NeedState.PUBLISHED or not actor.belongs_to(need.owner_id):
        return None
    shown = {
        "need": need, "matches": matches_of(actor, need, limit=FEW), "may_dismiss": policy.can(actor, "needs.dismiss_match", need),
        "may_invite": policy.can(actor, "needs.invite_solver", need),
    }  # fmt: skip
    return render_to_string("needs/_matches_panel.html", shown, request=request)


def needs_for_result(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """For the result's owner: open needs that it fits."""
    return _needs_for(request, result) if result.state == ResultState.PUBLISHED else None


def needs_for_capability(request: HttpRequest, *, capability: Capability, **_context: Any) -> str | None:
    """For the capability's owner: open needs that it fits."""
    return _needs_for(request, capability) if capability.state == CapabilityState.PUBLISHED else None


def _needs_for(request: HttpRequest, row: Result | Capability) -> str | None:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.belongs_to(row.owner_id):
        return None
    may = policy.can(actor, "needs.dismiss_match")
    shown = {"object": row, "matches": matches_of(actor, row, limit=FEW), "may_dismiss": may}
    return render_to_string("needs/_needs_for.html", shown, request=request)


slots.register("needs.need_page", matches_of_need, order=15)
slots.register("needs.result_page", needs_for_result, order=35)
slots.register("needs.capability_page", needs_for_capability, order=20)
