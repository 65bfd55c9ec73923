"""Answering a proposed match of a need with an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.web.forms import do, form_page
from core.web.page import crumb, render_page
from needs.actions import pairing as actions
from needs.models.pairing import Pairing
from needs.queries.need import needs_visible_to
from needs.states.pairing import PAIRING
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm


def pairing_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The two sides, why they fit, and what is asked of the reader."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_pairing", Pairing, pk)
    shown = {
        "pairing": row, "stated": row, "sees_need": needs_visible_to(actor).filter(pk=row.need_id).exists(),
        "moves": [move for move in PAIRING.open_moves(row.state) if policy.can(actor, f"needs.{move}", row)],
    }  # fmt: skip
    return render_page(request, "needs/pairing.html", shown, title=_("Match"), crumbs=[crumb(str(row))])


@require_POST
def propose_match(request: HttpRequest, need: UUID, organisation: UUID) -> HttpResponse:
    """Propose the suggested match; the other side is asked."""
    actor_of(request)
    return do(
        request, actions.propose_pairing, need=need, organisation=organisation, message=_("Proposed. The other side is asked."),
        success=lambda row: reverse("needs:pairing", args=[row.pk]),
    )  # fmt: skip


@require_POST
def accept_pairing(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.accept_pairing, pairing_id=pk, success=reverse("needs:pairing", args=[pk]))


def decline_pairing(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.decline_pairing", Pairing, pk)

    def run(actor: Any, **values: Any) -> Pairing:
        return actions.decline_pairing(actor=actor, pairing_id=pk, **values)

    return form_page(
        request, "components/form_page.html", ReasonForm, action=run, title=_("Decline"), submit=_("Decline"),
        crumbs=[crumb(str(row))], success=reverse("needs:pairing", args=[pk]),
    )  # fmt: skip


urlpatterns = [
    path("pairings/propose/<uuid:need>/<uuid:organisation>/", propose_match, name="propose_match"),
    path("pairings/<uuid:pk>/", pairing_page, name="pairing"),
    path("pairings/<uuid:pk>/accept/", accept_pairing, name="accept_pairing"),
    path("pairings/<uuid:pk>/decline/", decline_pairing, name="decline_pairing"),
]
