"""What owners show to everyone, as a card on their pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.accounts.actor import Actor
from needs.actions import openness as actions
from needs.models.challenge import Challenge
from needs.models.need import Need
from needs.models.outcome import Application
from needs.queries.public import applications_public, challenges_public, needs_public
from needs.states.challenge import PUBLIC
from needs.states.need import LISTED, Confidentiality
from needs.states.outcome import APPLIED
from needs.web.doors import act


def of_need(actor: Actor, need: Need) -> dict[str, Any] | None:
    """The card of a published need, for those who may open it."""
    is_fit = need.state in LISTED and need.confidentiality != Confidentiality.RESTRICTED
    if not is_fit or not policy.can(actor, "needs.show_need", need):
        return None
    said = _("Its challenges may then be shown to everyone. The need itself stays with the members.")
    return {"name": "needs:show_need", "pk": need.pk, "is_on": needs_public().filter(pk=need.pk).exists(), "said": said}


def of_challenge(actor: Actor, challenge: Challenge) -> dict[str, Any] | None:
    """The card of a published challenge: its public page, and the button for those who may open it."""
    may = challenge.state in PUBLIC and policy.can(actor, "needs.show_challenge", challenge)
    if not may and not challenge.is_public:
        return None
    is_shown = challenges_public().filter(pk=challenge.pk).exists()
    return {
        "name": "needs:show_challenge" if may else "", "pk": challenge.pk, "is_on": challenge.is_public,
        "page": reverse("open:challenge", args=[challenge.pk]) if is_shown else "",
        "said": _("With indicators, budget, dates and conditions; never with confidential details, questions or bids."),
    }  # fmt: skip


def of_application(actor: Actor, row: Application) -> dict[str, Any] | None:
    """The card of a use that counts."""
    may = row.state in APPLIED and policy.can(actor, "needs.show_application", row)
    if not may:
        return None
    is_shown = applications_public().filter(pk=row.pk).exists()
    return {
        "name": "needs:show_application", "pk": row.pk, "is_on": row.is_public,
        "page": reverse("open:outcome", args=[row.pk]) if is_shown else "",
        "said": _("With its effect and outcomes, without the name of the user."),
    }  # fmt: skip


def _asked(request: HttpRequest) -> bool | None:
    return {"yes": True, "no": False}.get(request.POST.get("is_public", ""))


@require_POST
def show_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a need to everyone, or take it back."""
    back = reverse("needs:need", args=[pk])
    return act(request, actions.show_need, need_id=pk, is_public=_asked(request), success=back, message=_("Saved."))


@require_POST
def show_challenge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a challenge to everyone, or take it back."""
    back = reverse("needs:challenge", args=[pk])
    return act(
        request, actions.show_challenge, challenge_id=pk, is_public=_asked(request), success=back, message=_("Saved.")
    )


@require_POST
def show_application(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a use of a result to everyone, or take it back."""
    back = reverse("needs:application", args=[pk])
    return act(
        request,
        actions.show_application,
        application_id=pk,
        is_public=_asked(request),
        success=back,
        message=_("Saved."),
    )
