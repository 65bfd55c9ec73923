"""Who may do what with projects and gates."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_approver, is_platform_admin, is_verified_member, role_in
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.award import Award
from projects.models import (
    Acceptance,
    DirectionChange,
    Gate,
    GateCondition,
    GateFile,
    GatePanelMember,
    Handover,
    Project,
    ProjectIndicator,
    StageFundRequest,
    WorkPackage,
)
from projects.queries import direction as directions
from projects.queries import gate as gates
from projects.queries import project as projects
from projects.states import PanelState


def is_party(actor: Actor, project: Any) -> bool:
    return is_verified_member(actor) and projects.takes_part(actor, project)


def leads(actor: Actor, project: Any) -> bool:
    """A member of the leading party."""
    return role_in(actor, project.lead, Role.MEMBER)


def signs_for_lead(actor: Actor, project: Any) -> bool:
    """A signatory of the leading party, as a person."""
    return actor.person is not None and role_in(actor, project.lead, Role.SIGNATORY)


def of_award(actor: Actor, award: Any) -> bool:
    return isinstance(award, Award) and any(
        role_in(actor, one, Role.SIGNATORY, Role.ADMIN)
        for one in (award.challenge.issuer, award.challenge.need.owner, award.bid.bidder)
    )


def sets_up_panel(actor: Actor, gate: Any) -> bool:
    """The operator's admins and approvers, or a signatory of the lead, as persons."""
    return is_platform_admin(actor) or is_approver(actor) or signs_for_lead(actor, gate.project)


def holds_seat(actor: Actor, seat: Any) -> bool:
    return actor.person is not None and seat.person_id == actor.person.pk


def reviews(actor: Actor, gate: Any) -> bool:
    """A cleared panel member in whom no conflict is found now."""
    if actor.person is None or not gate.panel.filter(person=actor.person, state=PanelState.CLEARED).exists():
        return False
    return not projects.conflicts_with(actor.person, gate.project)


def decides(actor: Actor, gate: Any) -> bool:
    """A stage-fund approver of the operator who has no part in the gate and no tie with its parties; a grant changes nothing."""
    return is_approver(actor) and actor.person is not None and not gates.decides_freely(actor.person, gate)


def decides_project(actor: Actor, project: Any) -> bool:
    return is_approver(actor) and actor.person is not None and not projects.conflicts_with(actor.person, project)


def decides_direction(actor: Actor, row: Any) -> bool:
    """A signatory of the lead who did not propose it, or a stage-fund approver without a tie, as a person."""
    if actor.person is None or row.proposed_by_id == actor.person.pk:
        return False
    return signs_for_lead(actor, row.project) or decides_project(actor, row.project)


def offers_handover(actor: Actor, project: Any) -> bool:
    return is_party(actor, project) and actor.has_role(Role.SIGNATORY, Role.ADMIN)


def takes_handover(actor: Actor, handover: Any) -> bool:
    """A signatory of the next owner, as a person."""
    return actor.person is not None and role_in(actor, handover.next_owner, Role.SIGNATORY)


def owns_need(actor: Actor, project: Any) -> bool:
    """A signatory of a need's owner, as a person."""
    if actor.person is None or not actor.has_role(Role.SIGNATORY):
        return False
    return any(role_in(actor, one.need.owner, Role.SIGNATORY) for one in project.need_links.all())


policy.register(
    {
        "projects.create_project": lambda actor, organisation: role_in(actor, organisation, Role.MEMBER),
        "projects.create_project_from_award": of_award,
        "projects.edit_project": leads,
        "projects.add_party": leads,
        "projects.link_need": leads,
        "projects.add_indicator": leads,
        "projects.share_indicator": lambda actor, row: is_party(actor, row.project),
        "projects.add_package": leads,
        "projects.assign_package": lambda actor, row: leads(actor, row.project),
        "projects.set_communication_plan": leads,
        "projects.plan_gates": leads,
        "projects.start_project": signs_for_lead,
        "projects.request_stage_fund": is_party,
        "projects.release_stage": decides_project,
        "projects.propose_direction": leads,
        "projects.decide_direction": decides_direction,
        "projects.submit_package": lambda actor, gate: actor.person is not None and is_party(actor, gate.project),
        "projects.add_gate_file": lambda actor, gate: is_party(actor, gate.project),
        "projects.invite_gate_reviewer": sets_up_panel,
        "projects.declare_gate_conflict": holds_seat,
        "projects.recuse_from_gate": holds_seat,
        "projects.record_finding": reviews,
        "projects.decide_gate": decides,
        "projects.close_condition": lambda actor, row: decides(actor, row.decision.gate),
        "projects.offer_handover": offers_handover,
        "projects.accept_handover": takes_handover,
        "projects.refuse_handover": takes_handover,
        "projects.record_acceptance": owns_need,
        "projects.sign_acceptance": lambda actor, row: actor.person is not None and row.expert_id == actor.person.pk,
        "projects.open_failure_claim": offers_handover,
    },
    told={
        "projects.start_project": _("Only a signatory of the leading party starts the project."),
        "projects.edit_project": _("Only the leading party changes the project."),
        "projects.propose_direction": _("Only the leading party changes where the project goes."),
        "projects.decide_direction": _(
            "A signatory of the leading party or a stage-fund approver of the operator decides, never the person who proposed it."
        ),
        "projects.record_finding": _("Only a panel member who is cleared of conflicts records a finding."),
        "projects.decide_gate": _(
            "Only a stage-fund approver of the operator decides: nobody who belongs to a party, submitted the package or sits on the panel."
        ),
        "projects.close_condition": _(
            "Only a stage-fund approver of the operator without a conflict closes a condition."
        ),
        "projects.release_stage": _("Only a stage-fund approver of the operator releases money."),
        "projects.accept_handover": _("Only a signatory of the next owner takes over."),
        "projects.record_acceptance": _("Only a signatory of the need's owner accepts."),
        "projects.sign_acceptance": _("Only the expert who was asked signs."),
    },
    fresh=[
        "projects.start_project",
        "projects.release_stage",
        "projects.decide_gate",
        "projects.record_acceptance",
        "projects.sign_acceptance",
    ],
    begins=[
        "projects.create_project",
        "projects.create_project_from_award",
        "projects.start_project",
        "projects.add_party",
        "projects.accept_handover",
    ],
)
policy.visible(Project, "projects.view_project", projects.projects_visible_to)
policy.visible(DirectionChange, "projects.view_direction", directions.directions_visible_to)
policy.visible(WorkPackage, "projects.view_package", projects.work_packages_visible_to)
policy.visible(ProjectIndicator, "projects.view_indicator", projects.indicators_visible_to)
policy.visible(Acceptance, "projects.view_acceptance", projects.acceptances_visible_to)
policy.visible(StageFundRequest, "projects.view_fund_request", projects.fund_requests_visible_to)
policy.visible(Gate, "projects.view_gate", gates.gates_visible_to)
policy.visible(GatePanelMember, "projects.view_seat", gates.seats_visible_to)
policy.visible(GateCondition, "projects.view_condition", gates.conditions_visible_to)
policy.visible(GateFile, "projects.view_file", gates.files_visible_to)
policy.visible(Handover, "projects.view_handover", gates.handovers_visible_to)
