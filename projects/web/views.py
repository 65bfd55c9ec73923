"""What one reads: the list, the project, the gate on one screen, the approver's desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from benefits.queries import agreement_for, exposure_of, tranches_of
from benefits.states import STAGES
from chains.models import Chain
from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotAllowed
from core.files.web import respond
from core.web import crumb, render_page, tables
from projects.models import Gate, GateFile, IndicatorContribution, Party, Project, ProjectIndicator, ProjectNeed
from projects.queries import gate as reading
from projects.queries import origin as origins
from projects.queries import project as queries
from projects.states import GATE, GateState, Origin, Outcome, PanelState, ProjectState


class Projects(tables.Table):
    columns = [
        tables.Column("code", _("Number"), sort="code"),
        tables.Column("title", _("Project"), sort="title", is_primary=True, link=lambda row: reverse("projects:project", args=[row.pk])),
        tables.Column("lead", _("Lead"), value="lead.name", sort="lead__name"),
        tables.Column("party_count", _("Parties"), kind="number", sort="party_count"),
        tables.Column("current_stage", _("Stage"), sort="current_stage", value=lambda row: row.get_current_stage_display()),
        tables.Column("is_anchored", _("Anchor"), value=lambda row: _("Need linked") if row.is_anchored else _("Unanchored")),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("created_at", _("Prepared"), kind="date", sort="created_at"),
    ]  # fmt: skip
    filters = [
        tables.Choice("state", _("State"), choices=ProjectState.choices, facet=True),
        tables.Choice(
            "stage", _("Stage"), choices=[(str(one.value), one.label) for one in STAGES], lookup="current_stage"
        ),
        tables.Choice("origin", _("Origin"), choices=Origin.choices),
        tables.Choice(
            "anchor", _("Anchor"), apply=lambda value: Q(is_anchored=value == "linked"),
            choices=[("linked", _("Need linked")), ("none", _("Unanchored"))],
        ),
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.DateRange("created", _("Prepared"), lookup="created_at", is_moment=True),
    ]  # fmt: skip
    search = ["code", "title", "lead__name"]
    default_sort = "-created_at"
    file_name = "projects"
    empty = tables.Empty(
        _("No project yet"), _("An award becomes a project by itself; one of your own begins here."), _("Prepare a project"), "/projects/new/",
        icon="route",
    )  # fmt: skip


class Gates(tables.Table):
    columns = [
        tables.Column("project", _("Gate"), value=lambda row: str(row), sort="project__code", is_primary=True,
                      link=lambda row: reverse("projects:gate", args=[row.pk])),
        tables.Column("title", _("Project"), value="project.title", sort="project__title"),
        tables.Column("lead", _("Lead"), value="project.lead.name", sort="project__lead__name"),
        tables.Column("planned_on", _("Planned for"), kind="date", sort="planned_on"),
        tables.Column("attempt", _("Attempt"), kind="number", sort="attempt"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [
        tables.Choice("state", _("State"), choices=GateState.choices, facet=True),
        tables.Choice("stage", _("Stage"), choices=[(str(one.value), one.label) for one in STAGES]),
        tables.DateRange("planned", _("Planned for"), lookup="planned_on"),
    ]
    search = ["project__code", "project__title", "project__lead__name"]
    default_sort = "planned_on"
    file_name = "gates"
    empty = tables.Empty(_("No gate waits"), _("Gates with a package in review stand here."), icon="gavel")


def list_projects(request: HttpRequest) -> HttpResponse:
    """The projects one may see."""
    actor = _actor(request)
    rows = queries.with_counts(policy.visible_to(actor, Project).select_related("lead"))
    buttons = [
        {"label": _("Prepare a project"), "url": reverse("projects:create_project"), "icon": "plus", "primary": True}
    ]
    table = Projects(rows)
    if answer := tables.respond(request, table):
        return answer
    shown = {"shares": origins.origin_shares(actor), "trend": origins.origin_trend(actor), "origins": Origin.labels}
    return tables.render(
        request, table, title=_("Projects"), template="projects/projects.html", context=shown, actions=buttons if actor.organisation else []
    )  # fmt: skip


def approvals(request: HttpRequest) -> HttpResponse:
    """Gates that wait for a decision, a condition or a finding."""
    actor = _actor(request)
    rows = reading.gates_waiting(actor).select_related("project__lead")
    return tables.render(request, Gates(rows), title=_("Gates"))


def project_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything about a project that its parties work with, on one page."""
    actor = _actor(request)
    project = policy.fetch(actor, "projects.view_project", Project, pk, "lead", "acceptance", "communication_plan")
    prefetch_related_objects(
        [project],
        Prefetch("parties", Party.objects.select_related("organisation")),
        Prefetch("need_links", ProjectNeed.objects.select_related("need__owner")),
    )
    can = {
        name: policy.can(actor, f"projects.{name}", project)
        for name in (
            "edit_project",
            "start_project",
            "request_stage_fund",
            "offer_handover",
            "record_acceptance",
            "open_failure_claim",
        )
    }
    indicators = list(
        project.indicators.select_related("specification").prefetch_related(
            Prefetch("contributions", IndicatorContribution.objects.select_related("party__organisation"))
        )
    )
    values = queries.values_by_environment(project, [one.specification for one in indicators])
    lines = [
        {
            "row": one,
            "spec": one.specification,
            **{env: values[one.specification_id].get(env) for env in ("lab", "pilot", "line", "newest")},
        }
        for one in indicators
    ]
    gates, tranches = list(project.gates.all()), tranches_of(project.pk)
    money = exposure_of(tranches)
    is_draft = project.state == ProjectState.DRAFT
    hits = checks.hits_at("projects.start_project", project) if is_draft else []
    acceptance = getattr(project, "acceptance", None)
    shown = {
        "project": project, "stated": project, "can": can, "is_draft": is_draft, "lines": lines, "gates": gates,
        "steps": _steps(gates, project), "missing": [hit.missing for _check, hit in hits if hit.missing],
        "packages": project.packages.select_related("owner__organisation").prefetch_related(
            Prefetch("indicators", ProjectIndicator.objects.select_related("specification"))
        ),
        "parties": project.parties.all(), "plan": getattr(project, "communication_plan", None),
        "origin_changes": project.origin_changes.select_related("need", "changed_by"),
        "needs": [one.need for one in project.need_links.all()], "agreement": agreement_for(project.pk),
        "money": money, "money_parts": _money_parts(money), "tranches": tranches,
        "handovers": project.handovers.select_related("next_owner"), "requests": project.fund_requests.select_related("organisation"),
        "acceptance": acceptance, "may_sign": acceptance is not None and acceptance.state == "waiting"
                      and policy.can(actor, "projects.sign_acceptance", acceptance),
        "me": actor.organisation_id, "timeline": book.timeline(project), "is_over": project.state in ("accepted", "killed"),
    }  # fmt: skip
    return render_page(
        request, "projects/project.html", shown, title=project.title,
        crumbs=[crumb(_("Projects"), reverse("projects:projects")), crumb(project.code)],
        facts=[(_("Lead"), project.lead), (_("Origin"), project.get_origin_display())],
    )  # fmt: skip


def gate_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One gate on one screen: pipeline, indicators, must-meet list, panel, package, money, decision."""
    actor = _actor(request)
    gate = policy.fetch(actor, "projects.view_gate", Gate, pk, "project__lead")
    project = gate.project
    package = reading.current_package(gate)
    dues = reading.dues(gate, package)
    values = queries.values_by_environment(project, [one.specification for one in dues])
    tranches = tranches_of(project.pk)
    money = exposure_of(tranches)
    in_review = gate.state == GateState.IN_REVIEW
    obstacles = reading.obstacles_to_go(gate) if in_review else []
    living = reading.living_findings(gate)
    findings = {one.member_id: one for one in living}
    panel = [(one, findings.get(one.pk)) for one in gate.panel.select_related("person")]
    seat = next((one for one, _finding in panel if actor.person and one.person_id == actor.person.pk), None)
    may_decide = policy.can(actor, "projects.decide_gate", gate)
    next_money = sum(one.amount for one in tranches if one.position == gate.position + 1 and one.state != "captured")
    shown = {
        "gate": gate, "stated": gate, "project": project, "package": package, "packages": gate.packages.all(),
        "lines": [{"due": one, "lab": values[one.specification.pk].get("lab"), "pilot": values[one.specification.pk].get("pilot"),
                   "line": values[one.specification.pk].get("line")} for one in dues],
        "musts": reading.must_meets(gate, living), "panel": panel, "seat": seat, "obstacles": obstacles, "in_review": in_review,
        "decisions": gate.decisions.select_related("signed_by").prefetch_related("conditions__owner__organisation"),
        "steps": _steps(list(project.gates.all()), project, gate), "money": money, "money_parts": _money_parts(money),
        "options": _options(bool(obstacles), next_money, money.held),
        "may_decide": may_decide and in_review, "may_close": may_decide and gate.state == GateState.CONDITIONAL,
        "may_submit": project.state == "running" and GATE.is_open(gate.state, "submit_package")
                      and policy.can(actor, "projects.submit_package", gate),
        "may_invite": policy.can(actor, "projects.invite_gate_reviewer", gate) and gate.state not in ("passed", "killed"),
        "may_find": in_review and policy.can(actor, "projects.record_finding", gate) and seat is not None and seat.pk not in findings,
        "may_declare": seat is not None and seat.state == PanelState.INVITED,
        "why_not": reading.decides_freely(actor.person, gate) if actor.is_operator and actor.person and in_review else [],
        "timeline": book.timeline(gate), "sees_project": policy.visible_to(actor, Project).filter(pk=project.pk).exists(),
    }  # fmt: skip
    facts = [(_("Lead"), project.lead), (_("Planned for"), gate.planned_on or "—"), (_("Attempt"), gate.attempt)]
    return render_page(
        request, "projects/gate.html", shown, title=f"{project.title} · G{gate.number} {gate.get_stage_display()}",
        crumbs=[crumb(_("Gates"), reverse("projects:approvals")),
                crumb(project.code, reverse("projects:project", args=[project.pk])), crumb(f"G{gate.number}")],
        facts=facts,
    )  # fmt: skip


def gate_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file of a gate, for whoever sees the gate."""
    row = policy.fetch(_actor(request), "projects.view_file", GateFile, pk)
    return respond(row.file, request)  # type: ignore[return-value]  # a streaming answer


def _steps(gates: list[Gate], project: Project, here: Gate | None = None) -> list[dict[str, Any]]:
    looks = {GateState.PASSED: "done", GateState.KILLED: "stopped"}
    steps = []
    for gate in gates:
        state = looks.get(GateState(gate.state)) or (
            "current" if gate.stage == project.current_stage and project.started_at else "todo"
        )
        note = f"G{gate.number}"
        if gate.planned_on:
            note = f"{note} · {gate.planned_on}"
        url = reverse("projects:gate", args=[gate.pk]) if here is None or gate.pk != here.pk else ""
        steps.append(
            {"label": gate.get_stage_display(), "state": state, "url": url, "notes": [note, gate.get_state_display()]}
        )
    end = {"accepted": "done", "accepting": "current", "killed": "stopped"}.get(project.state, "todo")
    return [*steps, {"label": _("Acceptance"), "state": end, "url": "", "notes": []}]


def _money_parts(money: Any) -> list[tuple[Any, str]]:
    return [(money.captured, "released"), (money.held, "held"), (money.saved, "saved")]


def _options(is_blocked: bool, next_money: Any, held: Any) -> list[dict[str, Any]]:
    """What each decision does to the money, before it is signed."""
    return [
        {"outcome": Outcome.GO, "effect": _("releases"), "amount": next_money, "is_blocked": is_blocked},
        {
            "outcome": Outcome.CONDITIONAL,
            "effect": _("stays held until all conditions are met"),
            "amount": next_money,
            "is_blocked": False,
        },
        {
            "outcome": Outcome.PAUSED,
            "effect": _("stays held until the next review"),
            "amount": held,
            "is_blocked": False,
        },
        {
            "outcome": Outcome.RECYCLE,
            "effect": _("stays held for another attempt"),
            "amount": held,
            "is_blocked": False,
        },
        {"outcome": Outcome.KILL, "effect": _("saved"), "amount": held, "is_blocked": False},
    ]


def _actor(request: HttpRequest) -> Actor:
    """Who acts; a stranger is led to the sign-in page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
