"""What became of results: on the page of a result, of a need and of a chain."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from chains.models import Chain
from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.models.need import Need
from needs.models.result import Result
from needs.queries.loop import loops_from_need, loops_of_result
from needs.queries.outcome import applications_visible_to, uplift_of
from needs.states.result import ResultState


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    return actor


def uses_of_result(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """Where the result is applied, and the button that records it (R017)."""
    actor = _actor(request)
    rows = applications_visible_to(actor).filter(result=result).exclude(state="withdrawn")
    uses = list(rows.select_related("node__chain", "user").order_by("-applied_on"))
    may_record = (
        result.state == ResultState.PUBLISHED
        and actor.organisation is not None
        and policy.can(actor, "needs.record_application", result)
    )
    count = len({one.node_id for one in uses if one.state in ("claimed", "confirmed")})
    shown = {"uses": uses, "result": result, "may_record": may_record, "count": count}
    return render_to_string("needs/_result_uses.html", shown, request=request)


def loop_of_result(request: HttpRequest, *, result: Result, **_context: Any) -> str | None:
    """The way from its need to the new needs that its use gave rise to (R004)."""
    loops = loops_of_result(_actor(request), result)
    if not any(step.link for loop in loops for step in loop.steps if not step.is_here):
        return None
    return render_to_string("needs/_loops.html", {"loops": loops}, request=request)


def loop_of_need(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """What the need led to, and which application it grew out of (R004)."""
    loops = loops_from_need(_actor(request), need)
    if not loops:
        return None
    return render_to_string("needs/_loops.html", {"loops": loops}, request=request)


def uplift(request: HttpRequest, *, chain: Chain, **_context: Any) -> str | None:
    """How many nodes adopted results of the chain, with links (R017)."""
    found = uplift_of(_actor(request), chain)
    if not found.applications:
        return None
    return render_to_string("needs/_uplift.html", {"uplift": found, "chain": chain}, request=request)


slots.register("needs.result_page", uses_of_result, order=10)
slots.register("needs.result_page", loop_of_result, order=30)
slots.register("needs.need_page", loop_of_need, order=10)
slots.register("chains.chain_page", uplift, order=20)
