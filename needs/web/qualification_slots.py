"""What a chain demands, on its page; what was shown, on the page of a result or a capability (R127)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from chains.models import Chain
from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.models.qualification import Qualification
from needs.models.result import Capability, Result
from needs.queries.qualification import evidence_visible_to
from needs.states.qualification import EVIDENCE
from needs.states.result import CapabilityState, ResultState

FEW = 20


def demanded_by_chain(request: HttpRequest, *, chain: Chain, **_context: Any) -> str | None:
    """What the chain demands; without anything, only for whoever may write it."""
    rows = list(Qualification.objects.filter(chain=chain, retired_at__isnull=True)[:FEW])
    may = policy.can(request.actor, "needs.demand_qualification", chain)  # type: ignore[attr-defined]
    if not rows and not may:
        return None
    return render_to_string("needs/_demanded.html", {"chain": chain, "rows": rows, "may_demand": may}, request=request)


def shown_of_result(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """The evidence of a result."""
    return _shown(request, result, "result", result.state != ResultState.WITHDRAWN)


def shown_of_capability(request: HttpRequest, *, capability: Capability, **_context: Any) -> str | None:
    """The evidence of a capability."""
    return _shown(request, capability, "capability", capability.state != CapabilityState.WITHDRAWN)


def _shown(request: HttpRequest, row: Result | Capability, name: str, changes: bool) -> str | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    may = changes and policy.can(actor, f"needs.qualify_{name}", row)
    related = ("qualification__chain", "file", "result", "capability", "answered_by", "answered_for")
    found = list(evidence_visible_to(actor).filter(**{name: row}).select_related(*related)[:FEW])
    if not found and not (may and Qualification.objects.filter(retired_at__isnull=True).exists()):
        return None
    shown = [
        {"row": one, "may_open": one.file is not None and policy.can(actor, "needs.open_qualification_file", one),
         "moves": [move for move in EVIDENCE.open_moves(one.state) if policy.can(actor, f"needs.{move}", one)]}
        for one in found
    ]  # fmt: skip
    context = {"of": row, "name": name, "shown": shown, "may_show": may}
    return render_to_string("needs/_qualifications.html", context, request=request)


slots.register("chains.chain_page", demanded_by_chain, order=30)
slots.register("needs.result_page", shown_of_result, order=30)
slots.register("needs.capability_page", shown_of_capability, order=10)
