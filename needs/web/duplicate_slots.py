"""How many others pursue the same, on the page of a need, of a result and of a chain (R106)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string

from chains.models import Chain
from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.models.duplicate import SimilarPair
from needs.models.need import Need
from needs.models.result import Result
from needs.queries.duplicate import groups_in, of_object, related_to, similar_to


def _panel(request: HttpRequest, obj: Model, owner_id: Any, chain_id: Any) -> str | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not SimilarPair.objects.filter(of_object(obj.pk), gone_at__isnull=True).exists():
        return None
    # Whoever neither owns it nor leads its chain learns of those alone that they may read.
    is_owner = actor.belongs_to(owner_id)
    leads = policy.can(actor, "needs.lead_chain", chain_id)
    found = [one for one in similar_to(actor, obj) if is_owner or leads or one.document is not None]
    if not found:
        return None
    may = next((one.pair for one in found if policy.can(actor, "needs.propose_joint", one.pair)), None)
    seen = [one for one in found if one.document is not None]
    shown = {
        "object": obj, "similar": seen, "count": len(found), "hidden": len(found) - len(seen), "may_propose": may,
        "may_list": is_owner or leads,
    }  # fmt: skip
    return render_to_string("needs/_similar.html", shown, request=request)


def similar_needs(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """What resembles the need."""
    return _panel(request, need, need.owner_id, need.chain_id)


def similar_results(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """What resembles the result."""
    return _panel(request, result, result.owner_id, result.chain_id)


def related_needs(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """What others do near the need."""
    return _related(request, need)


def related_results(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """What others do near the result."""
    return _related(request, result)


def _related(request: HttpRequest, obj: Model) -> str | None:
    found = related_to(request.actor, obj)  # type: ignore[attr-defined]
    return render_to_string("needs/_related.html", {"related": found}, request=request) if found else None


def similar_in_chain(request: HttpRequest, *, chain: Chain, **_context: Any) -> str | None:
    """How many undertakings of the chain resemble each other, for its leader."""
    if not policy.can(request.actor, "needs.lead_chain", chain.pk):  # type: ignore[attr-defined]
        return None
    found = groups_in(chain)
    if not found["pairs"]:
        return None
    return render_to_string("needs/_similar_in_chain.html", {"chain": chain, "found": found}, request=request)


slots.register("needs.need_page", similar_needs, order=18)
slots.register("needs.result_page", similar_results, order=40)
slots.register("needs.need_page", related_needs, order=60)
slots.register("needs.result_page", related_results, order=60)
slots.register("chains.chain_page", similar_in_chain, order=60)
