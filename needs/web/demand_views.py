"""What a result must keep before its pilot: demands, waivers by name, clearing (R010)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.web.forms import form_page
from core.web.page import crumb
from needs.actions import outcome as actions
from needs.models.outcome import ResultRequirement
from needs.models.result import Result
from needs.services.result import result_link
from needs.states.outcome import RequirementKind
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm
from needs.web.outcome_forms import CostForm, StandardForm


def ask_standard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A clause of a production standard."""
    result = policy.fetch(actor_of(request), "needs.ask_of_result", Result, pk)

    def ask(actor: Any, **values: Any) -> ResultRequirement:
        return actions.ask_of_result(
            actor=actor, result_id=pk, kind=RequirementKind.STANDARD, spec_kind=values.pop("kind"), **values
        )

    return _form(request, result, StandardForm, ask, _("Demand a standard"))


def ask_cost(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A cost cap at an annual volume."""
    result = policy.fetch(actor_of(request), "needs.ask_of_result", Result, pk)

    def ask(actor: Any, **values: Any) -> ResultRequirement:
        return actions.ask_of_result(actor=actor, result_id=pk, kind=RequirementKind.COST, **values)

    return _form(request, result, CostForm, ask, _("Demand a cost cap"))


def waive_requirement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Waive by name, with the reason."""
    row = policy.fetch(actor_of(request), "needs.waive_requirement", ResultRequirement, pk)

    def waive(actor: Any, **values: Any) -> ResultRequirement:
        return actions.waive_requirement(actor=actor, requirement_id=pk, **values)

    return _form(request, row.result, ReasonForm, waive, _("Waive the demand"))


@require_POST
def clear_for_pilot(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.clear_for_pilot,
        result_id=pk,
        success=reverse("needs:result", args=[pk]),
        message=_("Cleared."),
    )


def _form(request: HttpRequest, result: Result, form: Any, action: Callable[..., Any], title: Any) -> HttpResponse:
    crumbs = [crumb(_("Results"), reverse("needs:results")), crumb(result.code, result_link(result)), crumb(title)]
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, submit=title, crumbs=crumbs,
        success=f"{result_link(result)}#demands", message=_("Saved."),
    )  # fmt: skip
