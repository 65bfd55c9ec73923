"""Reading gates: who sees them, what stands in the way of a go, which wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.accounts.models import Person
from core.errors import Missing
from core.indicators.engine import compare
from core.indicators.kinds import Outcome as Verdict
from core.indicators.models import Specification
from projects.models import (
    Finding,
    Gate,
    GateCondition,
    GateFile,
    GatePackage,
    GatePanelMember,
    Handover,
    ProjectIndicator,
)
from projects.queries.project import conflicts_with, projects_visible_to
from projects.states import GateState, PanelState


def gates_visible_to(actor: Actor) -> QuerySet[Gate]:
    """The gates of one's projects, and those one is asked to review; a conflicted reviewer sees nothing of the gate."""
    mine = Q(project__in=projects_visible_to(actor))
    if actor.person is not None and not actor.is_system:
        seats = GatePanelMember.objects.filter(person=actor.person)
        mine |= Q(pk__in=seats.filter(state__in=[PanelState.INVITED, PanelState.CLEARED]).values("gate_id"))
        barred = seats.filter(state=PanelState.CONFLICTED).values("gate_id")
        return Gate.objects.filter(mine).exclude(pk__in=barred)
    return Gate.objects.filter(mine)


def seats_visible_to(actor: Actor) -> QuerySet[GatePanelMember]:
    rows = Q(gate__in=gates_visible_to(actor))
    if actor.person is not None:
        rows |= Q(person=actor.person)
    return GatePanelMember.objects.filter(rows)


def conditions_visible_to(actor: Actor) -> QuerySet[GateCondition]:
    return GateCondition.objects.filter(decision__gate__in=gates_visible_to(actor))


def files_visible_to(actor: Actor) -> QuerySet[GateFile]:
    return GateFile.objects.filter(gate__in=gates_visible_to(actor))


def handovers_visible_to(actor: Actor) -> QuerySet[Handover]:
    rows = Q(project__in=projects_visible_to(actor))
    if actor.organisation is not None:
        rows |= Q(next_owner=actor.organisation)
    return Handover.objects.filter(rows)


def gates_waiting(actor: Actor) -> QuerySet[Gate]:
    """Gates with a package in review or a condition to close."""
    return gates_visible_to(actor).filter(state__in=[GateState.IN_REVIEW, GateState.CONDITIONAL])


def current_package(gate: Gate) -> GatePackage | None:
    return gate.packages.order_by("-number").first()


def living_findings(gate: Gate) -> list[Finding]:
    """The findings on the newest package."""
    rows = gate.findings.filter(voided_at__isnull=True).select_related("member__person", "package")
    return list(rows)


@dataclass(frozen=True)
class Due:
    """An indicator due at a gate: target, the package's value, verdict."""

    indicator: ProjectIndicator
    specification: Specification
    measurement: Any
    verdict: Any

    @property
    def stops_go(self) -> bool:
        return self.specification.is_must and self.verdict.outcome != Verdict.MET


def dues(gate: Gate, package: GatePackage | None) -> list[Due]:
    """Each indicator due at the gate with the value in the package."""
    values = {}
    if package is not None:
        values = {
            one.specification_id: one.measurement
            for one in package.measurements.select_related("measurement__verified_by")
        }
    found = []
    for row in gate.indicators.select_related("specification"):
        measured = values.get(row.specification_id)
        verdict = compare(row.specification.to_spec(), measured.to_value() if measured else None)
        found.append(Due(row, row.specification, measured, verdict))
    return found


def must_meets(gate: Gate, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The must-meet list with the panel's answers (its living findings); one “no” is a no (R087)."""
    shown = []
    for at, item in enumerate(gate.must_meet):
        answers = [
            (str(one.member.person), answer) for one in findings for answer in one.answers if answer.get("item") == at
        ]
        noes = [name for name, answer in answers if not answer.get("is_met")]
        notes = [answer.get("note", "") for _name, answer in answers if answer.get("note")]
        shown.append(
            {"text": _(item["text"]), "is_no": bool(noes), "is_answered": bool(answers), "who": noes, "notes": notes}
        )
    return shown


def obstacles_to_go(gate: Gate) -> list[Missing]:
    """Everything that makes a go impossible: must-have indicators, must-meet items, the panel's finding."""
    findings = living_findings(gate)
    link = reverse("projects:gate", args=[gate.pk])
    lead = str(gate.project.lead)
    found = [
        Missing(
            _("“%(name)s” is missed: %(target)s is wanted") % {"name": one.specification, "target": one.specification.target_text}
            if one.measurement is not None and not one.measurement.is_not_measured
            else _("“%(name)s” is not measured") % {"name": one.specification},
            lead, link, "A29",
        )
        for one in dues(gate, current_package(gate))
        if one.stops_go
    ]  # fmt: skip
    for item in must_meets(gate, findings):
        if item["is_no"]:
            found.append(Missing(_("Must be met, and is not: %(text)s") % {"text": item["text"]}, lead, link, "A29"))
    if not findings:
        found.append(
            Missing(
                _("No reviewer has recorded a finding on this package yet"), _("The panel of the gate"), link, "A29"
            )
        )
    return found


def decides_freely(person: Person, gate: Gate) -> list[str]:
    """Why the person may not decide this gate; empty when they may."""
    reasons = [_("belongs to or is tied with %(who)s") % {"who": one} for one in conflicts_with(person, gate.project)]
    if gate.packages.filter(submitted_by=person).exists():
        reasons.append(_("submitted a package of this gate"))
    if gate.panel.filter(person=person).exists():
        reasons.append(_("sits on the panel of this gate"))
    return reasons
