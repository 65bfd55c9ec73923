"""What challenges show on the page of their need."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.access import policy
from core.web import slots
from needs.models.need import Need
from needs.queries.challenge import challenges_visible_to
from needs.states.need import NeedState


def challenges_of_need(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """The challenges made of the need, and to its owner the button that makes one."""
    actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    rows = list(challenges_visible_to(actor).filter(need=need).select_related("issuer"))
    may_draft = need.state == NeedState.PUBLISHED and policy.can(actor, "needs.draft_challenge", need)
    if not rows and not may_draft:
        return None
    shown = {"challenges": rows, "need": need, "may_draft": may_draft}
    return render_to_string("needs/_challenge_of_need.html", shown, request=request)


slots.register("needs.need_page", challenges_of_need, order=20)
