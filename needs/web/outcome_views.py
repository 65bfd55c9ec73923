"""Applications and outcomes: lists, the page of an application, the loop (R004, R017, R018, R025)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book
from core.access import policy
from core.web import tables
from core.web.display import money_html
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import outcome as actions
from needs.models.outcome import Application, FollowUp, Outcome
from needs.models.result import Result
from needs.queries.loop import loop_of, loops_of_application
from needs.queries.need import needs_visible_to
from needs.queries.outcome import (
    applications_visible_to,
    closed_loops,
    follow_ups_visible_to,
    lines_of,
    outcomes_visible_to,
    reinvestments_visible_to,
    with_closure,
    with_values,
)
from needs.services.outcome import application_link
from needs.services.result import result_link
from needs.states.outcome import APPLICATION, APPLIED, OUTCOME
from needs.web.doors import act, actor_of
from needs.web.need_forms import NewNeed, ReasonForm
from needs.web.openness_views import of_application
from needs.web.outcome_forms import ApplicationForm, OutcomeForm, ReinvestmentForm
from needs.web.outcome_lists import Applications, Loops, Outcomes


def result_tabs(here: str) -> list[dict[str, Any]]:
    """The lists that hang under the results."""
    names = [
        ("results", _("Results")), ("applications", _("Applications")), ("outcomes", _("Outcomes")), ("loops", _("Loops")),
        ("capabilities", _("Capabilities")),
    ]  # fmt: skip
    return [{"label": label, "url": reverse(f"needs:{name}"), "is_current": name == here} for name, label in names]


def list_applications(request: HttpRequest) -> HttpResponse:
    """Where results are applied, by whom, with which effect (R017)."""
    actor = actor_of(request)
    rows = applications_visible_to(actor).select_related("result__owner", "node__chain", "user")
    return tables.render(
        request, Applications(rows, actor=actor), title=_("Applications"), template="needs/results_list.html",
        context={"list_tabs": result_tabs("applications")}, crumbs=_crumbs(_("Applications")),
    )  # fmt: skip


def list_outcomes(request: HttpRequest) -> HttpResponse:
    """What applications changed: the report, with both readings of every change (R018, R025)."""
    rows = with_values(outcomes_visible_to(actor_of(request)))
    return tables.render(
        request, Outcomes(rows), title=_("Outcomes"), template="needs/results_list.html",
        intro=_("Figures of the platform's members; self-declared until the user of the result verifies them."),
        context={"list_tabs": result_tabs("outcomes")}, crumbs=_crumbs(_("Outcomes")),
    )  # fmt: skip


def list_loops(request: HttpRequest) -> HttpResponse:
    """From need to need: which uses of results gave rise to new needs, and how many loops are closed (R004)."""
    actor = actor_of(request)
    seen = follow_ups_visible_to(actor)
    first = needs_visible_to(actor).filter(pk=OuterRef("application__result__origin_need")).values("code")
    rows = with_closure(seen).annotate(first_code=Subquery(first[:1]))
    rows = rows.select_related("need__owner", "application__node", "application__result")
    invested = reinvestments_visible_to(actor).aggregate(total=Sum("amount"))["total"]
    shown = {
        "list_tabs": result_tabs("loops"),
        "figures": [
            {"label": _("Loops closed"), "value": closed_loops(seen).count(), "of": seen.count(), "url": "?closed=yes",
             "note": _("need → project → result → application → new need, each named")},
            {"label": _("Reinvested"), "value": money_html(invested or Decimal(0))},
        ],
    }  # fmt: skip
    return tables.render(
        request, Loops(rows), title=_("Loops"), template="needs/results_list.html", context=shown, crumbs=_crumbs(_("Loops")),
        intro=_("Industry feeds innovation back: a need becomes a project, a result, an application and a new need."),
    )  # fmt: skip


def loop_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One loop with its five objects, each a way on and back."""
    actor = actor_of(request)
    follow = policy.fetch(actor, "needs.view_follow_up", FollowUp, pk)
    shown = {
        "loop": loop_of(actor, follow),
        "reinvestments": list(reinvestments_visible_to(actor).filter(follow_up=follow).select_related("organisation")),
    }
    crumbs = [*_crumbs(_("Loops"), reverse("needs:loops")), crumb(follow.need.code)]
    return render_page(
        request, "needs/loop.html", shown, title=_("Loop to %(need)s") % {"need": follow.need.title}, crumbs=crumbs
    )


def application_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One application: its effect, the outcomes with both readings, new needs, money that went back, the loop."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_application", Application, pk)
    moves = [one for one in APPLICATION.open_moves(row.state) if policy.can(actor, f"needs.{one}", row)]
    lines = [
        {"line": line, "moves": [one for one in OUTCOME.open_moves(line.row.state) if policy.can(actor, f"needs.{one}", line.row)]}
        for line in lines_of(row)
    ]  # fmt: skip
    alive = row.state in APPLIED
    shown = {
        "application": row, "stated": row, "moves": moves, "lines": lines,
        "openness": of_application(actor, row),
        "can_record": alive and policy.can(actor, "needs.record_outcome", row),
        "can_raise": alive and actor.organisation is not None and policy.can(actor, "needs.raise_follow_up", row),
        "can_invest": alive and policy.can(actor, "needs.record_reinvestment", row),
        "loops": loops_of_application(actor, row),
        "follow_ups": list(follow_ups_visible_to(actor).filter(application=row).select_related("need__owner")),
        "reinvestments": list(row.reinvestments.select_related("organisation")),
        "timeline": book.timeline(row) if policy.can(actor, "needs.record_outcome", row) else [],
    }  # fmt: skip
    facts = [
        (_("Result"), row.result.name),
        (_("Node"), f"{row.node.chain} · {row.node}"),
        *([(_("User of the result"), row.user.name)] if row.user else []),
    ]
    crumbs = [*_crumbs(_("Applications"), reverse("needs:applications")), crumb(str(row))]
    return render_page(request, "needs/application.html", shown, title=str(row), crumbs=crumbs, facts=facts)


def record_application(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say where a result is applied (R017)."""
    actor = actor_of(request)
    result = policy.fetch(actor, "needs.record_application", Result, pk)

    def record(actor: Any, **values: Any) -> Application:
        return actions.record_application(actor=actor, result_id=pk, **values)

    title = _("Record an application")
    return form_page(
        request, "components/form_page.html", ApplicationForm, action=record, title=title, submit=title, success=application_link,
        message=_("Recorded."), form_kwargs={"result": result, "is_owner": actor.belongs_to(result.owner_id)},
        crumbs=[crumb(_("Results"), reverse("needs:results")), crumb(result.code, result_link(result)), crumb(title)],
    )  # fmt: skip


@require_POST
def confirm_application(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.confirm_application, application_id=pk, success=application_link(pk), message=_("Confirmed.")
    )


def deny_application(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned(request, pk, "deny_application", actions.deny_application, _("Deny the application"))


def withdraw_application(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned(request, pk, "withdraw_application", actions.withdraw_application, _("Withdraw the application"))


def record_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An indicator before and after; multiples are asked for their reading (R018)."""
    return _form(
        request,
        pk,
        "record_outcome",
        OutcomeForm,
        actions.record_outcome,
        _("Record an outcome"),
        draft=f"outcome-{pk}",
    )


def raise_follow_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new need out of the use of a result (R004)."""
    row = policy.fetch(actor_of(request), "needs.raise_follow_up", Application, pk)
    title = _("Raise a new need")

    def raise_it(actor: Any, **values: Any) -> FollowUp:
        return actions.raise_follow_up(actor=actor, application_id=pk, **values)

    return form_page(
        request, "components/form_page.html", NewNeed, action=raise_it, title=title, submit=_("Keep the draft"), draft=f"follow-up-{pk}",
        success=lambda made: reverse("needs:need", args=[made.need_id]), crumbs=_application_crumbs(row, title),
        initial={"node": str(row.node_id)}, message=_("Kept. The loop now leads from the application to this need."),
    )  # fmt: skip


def record_reinvestment(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.record_reinvestment", Application, pk)
    needs = list(follow_ups_visible_to(actor_of(request)).filter(application=row).select_related("need"))
    return _form(
        request, pk, "record_reinvestment", ReinvestmentForm, actions.record_reinvestment, _("Record a reinvestment"),
        form_kwargs={"application": row, "needs": needs},
    )  # fmt: skip


@require_POST
def verify_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.verify_outcome", Outcome, pk)
    return act(
        request,
        actions.verify_outcome,
        outcome_id=pk,
        success=application_link(row.application_id),
        message=_("Verified."),
    )


def dispute_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned_outcome(request, pk, "dispute_outcome", actions.dispute_outcome, _("Dispute the outcome"))


def withdraw_outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _reasoned_outcome(request, pk, "withdraw_outcome", actions.withdraw_outcome, _("Withdraw the outcome"))


def _reasoned(request: HttpRequest, pk: UUID, rule: str, action: Callable[..., Any], title: Any) -> HttpResponse:
    return _form(request, pk, rule, ReasonForm, action, title)


def _form(
    request: HttpRequest, pk: UUID, rule: str, form: Any, action: Callable[..., Any], title: Any, **extra: Any
) -> HttpResponse:
    row = policy.fetch(actor_of(request), f"needs.{rule}", Application, pk)

    def run(actor: Any, **values: Any) -> Any:
        return action(actor=actor, application_id=pk, **values)

    return form_page(
        request, "components/form_page.html", form, action=run, title=title, submit=title, success=application_link(row),
        message=_("Saved."), crumbs=_application_crumbs(row, title), **extra,
    )  # fmt: skip


def _reasoned_outcome(
    request: HttpRequest, pk: UUID, rule: str, action: Callable[..., Any], title: Any
) -> HttpResponse:
    row = policy.fetch(actor_of(request), f"needs.{rule}", Outcome, pk)

    def run(actor: Any, **values: Any) -> Any:
        return action(actor=actor, outcome_id=pk, **values)

    return form_page(
        request, "components/form_page.html", ReasonForm, action=run, title=title, submit=title,
        success=application_link(row.application_id), message=_("Saved."), crumbs=_application_crumbs(row.application, title),
    )  # fmt: skip


def _application_crumbs(row: Application, last: Any) -> list[Any]:
    steps = _crumbs(_("Applications"), reverse("needs:applications"))
    return [*steps, crumb(str(row), application_link(row)), crumb(last)]


def _crumbs(label: Any, address: str = "") -> list[Any]:
    return [crumb(_("Results"), reverse("needs:results")), crumb(label, address)]
