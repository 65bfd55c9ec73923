"""What must be noticed about projects: bundles, missing anchors, unclear duties, early money, broken chains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.queries import agreement_for, agreement_in_force
from core import checks, clock
from core.checks.states import Severity
from core.errors import Missing
from projects.models import Gate, Project
from projects.states import STAGES, GateState, HandoverState, ProjectState, next_stage

HANDOVER_DAYS = 30
SHARED_INDICATORS = 1


def _link(project: Project, anchor: str = "") -> str:
    return reverse("projects:project", args=[project.pk]) + anchor


@checks.check(
    "A02",
    title=gettext_lazy("Bundle without a shared target"),
    guards=["projects.start_project"],
    chain_of=lambda project: project.chain_id,
    thresholds=[
        checks.Threshold(
            "shared_indicators", gettext_lazy("Shared indicators to which every party contributes"), SHARED_INDICATORS,
            low=1, high=20, is_whole=True,
        )
    ],
)  # fmt: skip
def bundle(project: Project, **about: Any) -> Iterator[checks.Hit]:
    """The parties work on no indicator to which each of them contributes, or on fewer than the chain asks for (R005)."""
    parties = {one.pk: one for one in project.parties.select_related("organisation")}
    wanted = int(checks.threshold("A02", "shared_indicators", project.chain_id))
    rows = project.indicators.filter(is_shared=True).prefetch_related("contributions")
    idle = sorted((set(parties) - {one.party_id for one in row.contributions.all()} for row in rows), key=len)
    whole = sum(not one for one in idle)
    if len(parties) > 1 and whole >= wanted:
        return
    best = next(filter(None, idle), set())
    if not idle or len(parties) < 2:
        words = _("Bundle, no shared target: the parties work on no shared indicator")
    elif whole:
        words = _("Bundle: every party contributes to %(have)d shared indicators; the chain asks for %(wanted)d") % {
            "have": whole, "wanted": wanted,
        }  # fmt: skip
    else:
        words = _("Bundle, no shared target: no contribution yet from %(names)s") % {
            "names": "、".join(str(parties[pk]) for pk in parties if pk in best)
        }
    yield checks.Hit(
        project, rule=words, numbers={"parties": len(parties), "shared": len(idle), "whole": whole, "limit": wanted},
        missing=Missing(words, str(project.lead), _link(project, "#indicators")), tell=[project.lead],
        clears=_("Each party contributes to as many shared indicators as the chain asks for."), link=_link(project),
    )  # fmt: skip


@checks.check("A03", title=gettext_lazy("No need as anchor"), guards=["projects.request_stage_fund"])
def unanchored(project: Project, **about: Any) -> Iterator[checks.Hit]:
    """A project without a need asks for stage funds (R006)."""
    if not project.need_links.exists():
        words = _("The project is unanchored: the link to a need is missing")
        yield checks.Hit(
            project, rule=words, missing=Missing(words, str(project.lead), reverse("projects:link_need", args=[project.pk])),
            tell=[project.lead], link=_link(project),
        )  # fmt: skip


@checks.check("A13", title=gettext_lazy("No communication plan"), guards=["projects.start_project"])
def no_communication_plan(project: Project, **about: Any) -> Iterator[checks.Hit]:
    """Nobody knows whom to ask, nor how long an answer takes (R029)."""
    plan = getattr(project, "communication_plan", None)
    if plan is None or not plan.contacts or not plan.reply_days:
        words = _("The communication plan is missing: contacts and days to answer")
        link = reverse("projects:communication", args=[project.pk])
        yield checks.Hit(project, rule=words, missing=Missing(words, str(project.lead), link), tell=[project.lead])


@checks.check("A13", title=gettext_lazy("Benefit scheme not signed"), guards=["projects.start_project"])
def no_signed_scheme(project: Project, **about: Any) -> Iterator[checks.Hit]:
    """The parties have not all signed how they share (R029)."""
    if agreement_in_force(project.pk) is None:
        agreement = agreement_for(project.pk)
        words = _("The benefit scheme is not signed by all parties")
        link = reverse("benefits:agreement", args=[agreement.pk]) if agreement else _link(project)
        yield checks.Hit(
            project, rule=words, missing=Missing(words, _("The signatories of all parties"), link), tell=[project.lead]
        )


@checks.check("A13", title=gettext_lazy("Responsibility not assigned"), guards=["projects.start_project"])
def incomplete_matrix(project: Project, **about: Any) -> Iterator[checks.Hit]:
    """A work package has no responsible party, or there is no matrix at all (R016, R029)."""
    rows = list(project.packages.all())
    empty = [row.title for row in rows if row.owner_id is None]
    if rows and not empty:
        return
    if rows:
        words = _("Responsibility not assigned: %(names)s") % {"names": "、".join(empty)}
    else:
        words = _("Responsibility not assigned: the matrix has no work package yet")
    yield checks.Hit(
        project, rule=words, numbers={"packages": len(rows), "unassigned": len(empty)},
        missing=Missing(words, str(project.lead), _link(project, "#duties")), tell=[project.lead], link=_link(project),
    )  # fmt: skip


@checks.check(
    "A29",
    title=gettext_lazy("Money asked for before its gate"),
    guards=["projects.request_stage_fund", "projects.release_stage"],
)
def early_money(project: Project, *, stage: str = "rd", **about: Any) -> Iterator[checks.Hit]:
    """A later tranche is asked for while the gate before it is not passed (R086)."""
    order = [str(one.value) for one in STAGES]
    position = order.index(str(stage)) if str(stage) in order else 0
    if position == 0:
        if about.get("releasing") and not hasattr(project, "start"):
            words = _("The start of the project is not signed")
            yield checks.Hit(project, rule=words, missing=Missing(words, str(project.lead), _link(project)))
        return
    before = project.gates.filter(position=position - 1).first()
    if before is None or before.state != GateState.PASSED:
        words = _("The gate “%(gate)s” is not passed, so the money for “%(stage)s” stays held") % {
            "gate": STAGES[position - 1].label, "stage": STAGES[position].label,
        }  # fmt: skip
        link = reverse("projects:gate", args=[before.pk]) if before else _link(project)
        yield checks.Hit(
            project, rule=words, numbers={"stage": stage, "gate": before.state if before else ""},
            missing=Missing(words, _("The stage-fund approver, once the gate is passed"), link), tell=[project.lead],
        )  # fmt: skip


def gates_passed() -> Iterable[Gate]:
    """Passed gates with a stage after them, of running projects."""
    rows = Gate.objects.filter(state=GateState.PASSED, project__state=ProjectState.RUNNING, ended_at__isnull=False)
    return rows.select_related("project__lead")


def _chain_of_gate(gate: Gate) -> Any:
    return gate.project.chain_id


@checks.check(
    "A12",
    title=gettext_lazy("Broken chain: nobody took over"),
    watches=gates_passed,
    severity=Severity.CRITICAL,
    chain_of=_chain_of_gate,
    figures={"days": gettext_lazy("Days since the stage ended"), "limit": gettext_lazy("Alert from day")},
    thresholds=[
        checks.Threshold(
            "handover_days", gettext_lazy("Days until somebody must have taken over"), HANDOVER_DAYS,
            unit=gettext_lazy("days"), low=1, high=365, is_whole=True,
        )
    ],
)  # fmt: skip
def broken_chain(gate: Gate, **about: Any) -> Iterator[checks.Hit]:
    """A stage ended and nobody has accepted the hand-over within 30 days, or the chain's own number (R028)."""
    after = next_stage(gate.stage)
    if after is None or gate.ended_at is None:
        return
    days = (clock.now() - gate.ended_at) // dt.timedelta(days=1)
    taken = gate.project.handovers.filter(to_stage=after, state=HandoverState.ACCEPTED).exists()
    limit = int(checks.threshold("A12", "handover_days", gate.project.chain_id))
    if days >= limit and not taken:
        words = _("Broken chain: “%(stage)s” of %(project)s ended %(days)d days ago and nobody has taken over") % {
            "stage": gate.get_stage_display(), "project": gate.project, "days": days,
        }  # fmt: skip
        yield checks.Hit(
            gate, rule=words, numbers={"days": days, "limit": limit}, tell=[gate.project.lead], tell_operator=True,
            clears=_("The next owner accepts the hand-over."), link=_link(gate.project),
        )  # fmt: skip
