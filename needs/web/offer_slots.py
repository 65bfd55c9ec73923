"""What resources show on the page of a chain."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from chains.models import Chain
from core.web import slots
from needs.queries.offer import flows_of_chain, offers_visible_to, still_open


def resources_of_chain(request: HttpRequest, *, chain: Chain, **_context: Any) -> str | None:
    """How much is offered, asked for and flowing, each a link to its list."""
    actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    rows = offers_visible_to(actor).filter(still_open(), node__chain=chain)
    shown = {
        "chain": chain,
        "offers": rows.filter(direction="offer").count(),
        "requests": rows.filter(direction="request").count(),
        "flows": flows_of_chain(actor, chain.pk).count(),
    }
    return render_to_string("needs/_resources_of_chain.html", shown, request=request)


slots.register("chains.chain_page", resources_of_chain, order=40)
