"""One page per action: a form, or a button."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits.models import RiskFund
from benefits.queries import tranches_of
from core.access import policy
from core.accounts.models import Organisation, Person
from core.web import crumb, do, form_page
from needs.models.need import Need
from needs.queries.complaint import open_clusters
from projects.actions import direction, flow, gate, project
from projects.models import (
    Acceptance,
    DirectionChange,
    Gate,
    GateCondition,
    GatePanelMember,
    Handover,
    Project,
    ProjectIndicator,
    WorkPackage,
)
from projects.queries import direction as directions
from projects.queries import gate as reading
from projects.web import forms
from projects.web.views import _actor

PAGE = "components/form_page.html"


def _project(request: HttpRequest, pk: UUID) -> Project:
    return policy.fetch(_actor(request), "projects.view_project", Project, pk)


def _gate(request: HttpRequest, pk: UUID) -> Gate:
    return policy.fetch(_actor(request), "projects.view_gate", Gate, pk)


def _there(row: Any) -> str:
    if isinstance(row, Gate):
        return reverse("projects:gate", args=[row.pk])
    return reverse("projects:project", args=[row.pk])


def _crumbs(row: Any, last: Any) -> list[Any]:
    steps = [crumb(_("Projects"), reverse("projects:projects"))]
    if row is not None:
        steps.append(crumb(str(row), _there(row)))
    return [*steps, crumb(last)]


def _show(
    request: HttpRequest, row: Any, form: Any, action: Any, title: Any, success: Any = None, **more: Any
) -> HttpResponse:
    # A form that could not be sent is not shown: the action's own rule is asked before.
    name = getattr(action, "func", action).__name__
    policy.require(_actor(request), f"projects.{name}", more.pop("subject", row))
    return form_page(
        request,
        PAGE,
        form,
        action=action,
        success=success or _there(row),
        title=title,
        crumbs=_crumbs(row, title),
        **more,
    )


def _organisations(request: HttpRequest) -> Any:
    return policy.visible_to(request.actor, Organisation).filter(state="verified").order_by("name")  # type: ignore[attr-defined]


def _experts() -> Any:
    return Person.objects.filter(is_expert=True, is_active=True).order_by("name")


def create_project(request: HttpRequest) -> HttpResponse:
    return _show(
        request,
        None,
        forms.ProjectForm,
        project.create_project,
        _("Prepare a project"),
        success=_there,
        draft="project-new",
        subject=_actor(request).organisation,
    )


def edit_project(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)

    def edit(*, actor: Any, **values: Any) -> Any:
        return project.edit_project(actor=actor, project_id=pk, changes=values)

    edit.__name__ = "edit_project"

    return _show(
        request,
        row,
        forms.EditForm,
        edit,
        _("Change the project"),
        initial={"title": row.title, "summary": row.summary},
    )


def add_party(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.PartyForm, partial(project.add_party, project_id=pk), _("Add a party"),
                 form_kwargs={"organisations": _organisations(request)})  # fmt: skip


def link_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    needs = policy.visible_to(request.actor, Need).exclude(state__in=["draft", "withdrawn"])  # type: ignore[attr-defined]
    return _show(
        request,
        row,
        forms.NeedForm,
        partial(project.link_need, project_id=pk),
        _("Link a need"),
        form_kwargs={"needs": needs},
    )


def propose_direction(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    actor = _actor(request)
    clusters = open_clusters(actor).filter(size__gt=0).order_by("-size", "label")
    needs = policy.visible_to(actor, Need).exclude(state__in=["draft", "withdrawn"]).order_by("-created_at")
    if row.chain_id:
        clusters, needs = clusters.filter(chain=row.chain_id), needs.filter(chain=row.chain_id)
    initial = {"before": directions.present_direction(row), "is_shown": True}
    initial |= {name: request.GET[name] for name in ("cluster", "need") if name in request.GET}
    return _show(request, row, forms.DirectionForm, partial(direction.propose_direction, project_id=pk), _("Change the direction"),
                 form_kwargs={"clusters": clusters[:300], "needs": needs[:300]}, initial=initial, draft=f"direction-{pk}",
                 submit=_("Propose it"))  # fmt: skip


def decide_direction(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_direction", DirectionChange, pk)
    intro = f"{row.before} → {row.after}"
    return _show(request, row.project, forms.DecideDirectionForm, partial(direction.decide_direction, direction_id=pk),
                 _("Decide on the new direction"), subject=row, context={"intro": intro})  # fmt: skip


def add_indicator(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.IndicatorForm, partial(project.add_indicator, project_id=pk), _("Add an indicator"),
                 form_kwargs={"project": row})  # fmt: skip


def share_indicator(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_indicator", ProjectIndicator, pk)
    return _show(request, row.project, forms.ShareForm, partial(project.share_indicator, indicator_id=pk), _("Who contributes what"),
                 form_kwargs={"row": row}, subject=row)  # fmt: skip


def add_package(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.PackageForm, partial(project.add_package, project_id=pk), _("Add a work package"),
                 form_kwargs={"project": row})  # fmt: skip


def assign_package(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_package", WorkPackage, pk)
    return _show(request, row.project, forms.AssignForm, partial(project.assign_package, package_id=pk), _("Assign the work package"),
                 form_kwargs={"project": row.project}, initial={"owner": str(row.owner_id or "")}, subject=row)  # fmt: skip


def communication(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    plan = getattr(row, "communication_plan", None)
    initial = (
        {"reply_days": plan.reply_days, "channel": plan.channel}
        | {f"contact_{one['party']}": one["name"] for one in plan.contacts}
        if plan
        else None
    )
    return _show(request, row, forms.CommunicationForm, partial(project.set_communication_plan, project_id=pk), _("Communication plan"),
                 form_kwargs={"project": row}, initial=initial)  # fmt: skip


def plan_gates(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.PlanForm, partial(project.plan_gates, project_id=pk), _("Gates and money"),
                 form_kwargs={"project": row, "with_money": not tranches_of(pk)})  # fmt: skip


@require_POST
def start_project(request: HttpRequest, pk: UUID) -> HttpResponse:
    _actor(request)
    return do(
        request,
        project.start_project,
        project_id=pk,
        success=reverse("projects:project", args=[pk]),
        message=_("The project runs."),
    )


def request_stage_fund(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(
        request, row, forms.FundForm, partial(project.request_stage_fund, project_id=pk), _("Ask for stage funds")
    )


def submit_package(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _gate(request, pk)
    return _show(request, row, forms.SubmitForm, partial(gate.submit_package, gate_id=pk), _("Hand in the package"),
                 form_kwargs={"indicators": row.indicators.select_related("specification")})  # fmt: skip


def invite_reviewer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _gate(request, pk)
    return _show(request, row, forms.PersonForm, partial(gate.invite_gate_reviewer, gate_id=pk), _("Ask a reviewer"),
                 form_kwargs={"people": _experts()})  # fmt: skip


def record_finding(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _gate(request, pk)
    return _show(
        request,
        row,
        forms.FindingForm,
        partial(gate.record_finding, gate_id=pk),
        _("Record a finding"),
        form_kwargs={"gate": row},
    )


def decide_gate(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _gate(request, pk)
    package = reading.current_package(row)
    return _show(request, row, forms.DecideForm, partial(gate.decide_gate, gate_id=pk), _("Decide"),
                 initial={"package": str(package.pk) if package else ""}, submit=_("Sign the decision"))  # fmt: skip


def decide_conditional(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _gate(request, pk)
    return _show(request, row, forms.ConditionalForm, partial(gate.decide_gate, gate_id=pk), _("Go on conditions"),
                 form_kwargs={"project": row.project}, submit=_("Sign the decision"))  # fmt: skip


def declare(request: HttpRequest, pk: UUID) -> HttpResponse:
    seat = policy.fetch(_actor(request), "projects.view_seat", GatePanelMember, pk)

    def success(row: Any) -> str:
        return _there(row.gate) if row.state == "cleared" else reverse("projects:approvals")

    return _show(request, None, forms.DeclareForm, partial(gate.declare_gate_conflict, seat_id=pk), _("Conflict of interest"),
                 success=success, context={"intro": str(seat.gate)}, subject=seat)  # fmt: skip


def recuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    seat = policy.fetch(_actor(request), "projects.view_seat", GatePanelMember, pk)
    return _show(request, None, forms.ReasonForm, partial(gate.recuse_from_gate, seat_id=pk), _("Step back from the panel"),
                 success=reverse("projects:approvals"), subject=seat)  # fmt: skip


def close_condition(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_condition", GateCondition, pk)
    return _show(request, row.decision.gate, forms.EvidenceForm, partial(gate.close_condition, condition_id=pk), _("The condition is met"),
                 context={"intro": row.text}, subject=row)  # fmt: skip


def offer_handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.HandoverForm, partial(flow.offer_handover, project_id=pk), _("Offer the hand-over"),
                 form_kwargs={"organisations": _organisations(request)})  # fmt: skip


def accept_handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_handover", Handover, pk)
    return _show(request, None, forms.ReceiveForm, partial(flow.accept_handover, handover_id=pk), _("Take over"),
                 success=_after_handover(request, row), subject=row)  # fmt: skip


def refuse_handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_handover", Handover, pk)
    return _show(request, None, forms.ReasonForm, partial(flow.refuse_handover, handover_id=pk), _("Refuse the hand-over"),
                 success=_after_handover(request, row), subject=row)  # fmt: skip


def _after_handover(request: HttpRequest, row: Handover) -> str:
    sees = policy.visible_to(request.actor, Project).filter(pk=row.project_id).exists()  # type: ignore[attr-defined]
    return reverse("projects:project", args=[row.project_id]) if sees else reverse("projects:projects")


def record_acceptance(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    return _show(request, row, forms.AcceptanceForm, partial(flow.record_acceptance, project_id=pk), _("Accept the result"),
                 form_kwargs={"indicators": row.indicators.select_related("specification"), "people": _experts()})  # fmt: skip


@require_POST
def sign_acceptance(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(_actor(request), "projects.view_acceptance", Acceptance, pk)
    return do(
        request,
        flow.sign_acceptance,
        acceptance_id=pk,
        success=_there(row.project),
        message=_("The project is accepted."),
    )


def open_failure_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _project(request, pk)
    funds = policy.visible_to(request.actor, RiskFund)  # type: ignore[attr-defined]
    return _show(request, row, forms.ClaimForm, partial(flow.open_failure_claim, project_id=pk), _("Claim on a risk fund"),
                 form_kwargs={"funds": funds}, success=lambda claim: reverse("benefits:fund", args=[claim.fund_id]))  # fmt: skip
