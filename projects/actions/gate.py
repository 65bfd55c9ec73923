"""Gates: package, panel, finding, decision, conditions (R086, R087)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import book, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Person
from core.command import command
from core.errors import Blocked, Invalid, WrongState
from core.files import services as files
from core.inbox import services as inbox
from projects.events import GateDecided
from projects.models import (
    Finding,
    Gate,
    GateCondition,
    GateDecision,
    GateFile,
    GatePackage,
    GatePanelMember,
    PackageMeasurement,
    Project,
)
from projects.queries import gate as reading
from projects.queries.project import conflicts_with
from projects.services import gate as services
from projects.services.signing import fingerprint, sign_decision
from projects.states import CONDITION, GATE, PANEL, ConditionState, GateState, Outcome, PanelState, ProjectState


@command
def add_gate_file(*, actor: Actor, gate_id: UUID, file: UploadedFile[Any], caption: str = "") -> GateFile:
    """Lay a file ready for the next package."""
    gate = policy.fetch_for_update(actor, "projects.add_gate_file", Gate, gate_id)
    GATE.after(gate.state, "submit_package")
    row = GateFile.objects.create(
        gate=gate, file=files.store(actor, file, purpose=files.EVIDENCE), caption=caption.strip()
    )
    book.record(actor, "add_gate_file", gate, after={"file": row.file.name, "sha256": row.file.sha256})
    return row


@command
def submit_package(
    *,
    actor: Actor,
    gate_id: UUID,
    note: str = "",
    measurements: Sequence[Mapping[str, Any]] = (),
    files_: Sequence[UploadedFile[Any]] = (),
) -> GatePackage:
    """Hand in the next version of the package: files and a measured value per due indicator; earlier findings are void.

    A value not given again is carried over from the version before.
    """
    gate = policy.fetch_for_update(actor, "projects.submit_package", Gate, gate_id)
    project = gate.project
    if project.state != ProjectState.RUNNING:
        raise WrongState(_("The project is not running."))
    if project.gates.filter(position__lt=gate.position).exclude(state=GateState.PASSED).exists():
        raise WrongState(_("An earlier gate is not passed yet."))
    state = GATE.after(gate.state, "submit_package")
    due = list(gate.indicators.select_related("specification"))
    made = {one.specification_id: one for one in services.measure(project, actor, measurements, due)}
    last = reading.current_package(gate)
    if last is not None:
        for old in last.measurements.select_related("measurement"):
            made.setdefault(old.specification_id, old.measurement)
    empty = [one for one in due if one.specification_id not in made]
    if empty:
        raise Invalid(
            _("Give a value, or say that it was not measured, for: %(names)s.") % {"names": "、".join(str(one) for one in empty)},
            field="measurements",
        )  # fmt: skip
    for one in files_:
        GateFile.objects.create(gate=gate, file=files.store(actor, one, purpose=files.EVIDENCE, field="files_"))
    assert actor.organisation is not None and actor.person is not None
    ready = list(GateFile.objects.filter(gate=gate, package__isnull=True).select_related("file"))
    content = {
        "note": note, "files": sorted(one.file.sha256 for one in ready),
        "values": {str(pk): [str(one.value), one.level, one.is_not_measured] for pk, one in made.items()},
    }  # fmt: skip
    package = GatePackage.objects.create(
        gate=gate, number=(last.number + 1) if last else 1, attempt=gate.attempt, note=note.strip(), organisation=actor.organisation,
        submitted_by=actor.person, submitted_at=clock.now(), content_hash=fingerprint(content),
    )  # fmt: skip
    GateFile.objects.filter(pk__in=[one.pk for one in ready]).update(package=package)
    PackageMeasurement.objects.bulk_create(
        PackageMeasurement(package=package, specification_id=pk, measurement=one) for pk, one in made.items()
    )
    voided = gate.findings.filter(voided_at__isnull=True).update(voided_at=clock.now())
    gate.state = state
    _save(gate)
    inbox.close_tasks(key_prefix=f"gate:{gate.pk}:package:")
    for seat in gate.panel.filter(state__in=[PanelState.INVITED, PanelState.CLEARED]).select_related("person"):
        services.summon(
            gate,
            seat.person,
            gate.review_on or gate.planned_on or clock.today() + dt.timedelta(days=services.REVIEW_DAYS),
        )
    book.record(
        actor,
        "submit_package",
        gate,
        after={"version": package.number, "hash": package.content_hash, "findings_voided": voided},
    )
    return package


@command
def invite_gate_reviewer(*, actor: Actor, gate_id: UUID, person: UUID | str) -> GatePanelMember:
    """Ask an expert to the panel; the platform looks for ties with every party at once."""
    gate = policy.fetch_for_update(actor, "projects.invite_gate_reviewer", Gate, gate_id)
    found = Person.objects.filter(pk=person, is_active=True).first()
    if found is None:
        raise Invalid(_("Choose a person of the platform."), field="person")
    if gate.panel.filter(person=found).exists():
        raise Invalid(_("This person is on the panel already."), field="person")
    seat = GatePanelMember.objects.create(gate=gate, person=found, invited_by=actor.person)
    if not _conflicted(seat):
        services.summon(
            gate, found, gate.review_on or gate.planned_on or clock.today() + dt.timedelta(days=services.REVIEW_DAYS)
        )
    book.record(actor, "invite_gate_reviewer", gate, after={"person": str(found), "state": str(seat.state)})
    return seat


@command
def declare_gate_conflict(*, actor: Actor, seat_id: UUID, has_conflict: bool, declaration: str = "") -> GatePanelMember:
    """Declare for oneself; a tie the platform knows outvotes a declaration of none."""
    seat = policy.fetch_for_update(actor, "projects.declare_gate_conflict", GatePanelMember, seat_id)
    seat.declaration, seat.declared_at = declaration.strip(), clock.now()
    if not _conflicted(seat):
        seat.state = PANEL.after(seat.state, "find_conflict" if has_conflict else "clear")
    if seat.state == PanelState.CONFLICTED:
        inbox.cancel_tasks(key_prefix=f"gate:{seat.gate_id}:review:{seat.person_id}")
    seat.save()
    book.record(
        actor,
        "declare_gate_conflict",
        seat.gate,
        after={"person": str(seat.person), "state": str(seat.state)},
        reason=declaration,
    )
    return seat


@command
def recuse_from_gate(*, actor: Actor, seat_id: UUID, reason: str = "") -> GatePanelMember:
    """Step back from the panel."""
    seat = policy.fetch_for_update(actor, "projects.recuse_from_gate", GatePanelMember, seat_id)
    seat.state, seat.declaration = PANEL.after(seat.state, "recuse"), reason.strip()
    seat.save()
    inbox.cancel_tasks(key_prefix=f"gate:{seat.gate_id}:review:{seat.person_id}")
    book.record(actor, "recuse_from_gate", seat.gate, after={"person": str(seat.person)}, reason=reason)
    return seat


@command
def record_finding(
    *, actor: Actor, gate_id: UUID, answers: Sequence[Mapping[str, Any]], recommendation: str, text: str
) -> Finding:
    """A reviewer's judgement on the package in review: yes or no to each must-meet item, a recommendation, reasons."""
    gate = policy.fetch_for_update(actor, "projects.record_finding", Gate, gate_id)
    package = reading.current_package(gate)
    if gate.state != GateState.IN_REVIEW or package is None:
        raise WrongState(_("The gate has no package in review."))
    seat = gate.panel.get(person=actor.person, state=PanelState.CLEARED)
    given = {int(one["item"]): one for one in answers}
    left = [at + 1 for at in range(len(gate.must_meet)) if at not in given]
    if left:
        raise Invalid(_("Answer yes or no to every item that must be met."), field="answers")
    if recommendation not in Outcome.values:
        raise Invalid(_("Choose a recommendation."), field="recommendation")
    if not text.strip():
        raise Invalid(_("Give your reasons."), field="text")
    if Finding.objects.filter(package=package, member=seat, voided_at__isnull=True).exists():
        raise WrongState(_("You have recorded your finding on this package already."), code="found_already")
    row = Finding.objects.create(
        gate=gate, package=package, member=seat, recommendation=recommendation, text=text.strip(),
        answers=[{"item": at, "is_met": bool(given[at]["is_met"]), "note": str(given[at].get("note", ""))} for at in range(len(gate.must_meet))],
    )  # fmt: skip
    inbox.close_tasks(key_prefix=f"gate:{gate.pk}:review:{seat.person_id}")
    book.record(
        actor,
        "record_finding",
        gate,
        after={"version": package.number, "recommendation": recommendation, "answers": row.answers},
        reason=text,
    )
    return row


@command
def decide_gate(
    *, actor: Actor, gate_id: UUID, outcome: str, reason: str, package: UUID | str | None = None, review_on: dt.date | None = None,
    conditions: Sequence[Mapping[str, Any]] = (),
) -> GateDecision:  # fmt: skip
    """Sign the decision on a gate; the money moves, stays held or is saved in the same transaction (R086, R087).

    `package` names the version the approver has read: a newer one refuses the signature.
    """
    gate = policy.fetch_for_update(actor, "projects.decide_gate", Gate, gate_id)
    if outcome not in Outcome.values:
        raise Invalid(_("Choose a decision."), field="outcome")
    if not reason.strip():
        raise Invalid(_("Give the reason; everybody reads it."), field="reason")
    state = GATE.after(gate.state, outcome)
    newest = reading.current_package(gate)
    if newest is None:
        raise WrongState(_("The gate has no package in review."))
    if package and str(package) != str(newest.pk):
        raise WrongState(_("A newer package was handed in meanwhile; read it first."), code="old_package")
    if outcome in (Outcome.GO, Outcome.CONDITIONAL):
        missing, findings = reading.obstacles_to_go(gate), reading.living_findings(gate)
        # A conditional go may leave indicators to its conditions, but no must-meet item and no panel.
        if missing and (
            outcome == Outcome.GO or not findings or any(one["is_no"] for one in reading.must_meets(gate, findings))
        ):
            raise Blocked(
                _("A go is impossible: %(list)s") % {"list": "; ".join(str(one.what) for one in missing)},
                code="go_impossible",
                missing=missing,
            )
    if outcome in (Outcome.PAUSED, Outcome.RECYCLE) and (review_on is None or review_on <= clock.today()):
        raise Invalid(_("Give the day of the next review; it lies in the future."), field="review_on")
    assert actor.person is not None
    decision = sign_decision(
        gate=gate, package=newest, outcome=outcome, reason=reason.strip(), person=actor.person,
        review_on=review_on if outcome in (Outcome.PAUSED, Outcome.RECYCLE) else None,
    )  # fmt: skip
    gate.state = state
    if outcome == Outcome.GO:
        services.pass_gate(gate, decision, actor=actor)
    elif outcome == Outcome.CONDITIONAL:
        services.add_conditions(decision, conditions)
    elif outcome == Outcome.KILL:
        services.kill(gate, decision, actor=actor)
    else:
        gate.review_on = review_on
        gate.attempt += 1 if outcome == Outcome.RECYCLE else 0
    _save(gate)
    services.tell(gate, decision)
    book.record(
        actor,
        "decide_gate",
        gate,
        after={
            "outcome": outcome,
            "package": newest.content_hash,
            "decision": str(decision.pk),
            "review_on": review_on,
        },
        reason=reason,
    )
    outbox.publish(
        GateDecided(project_id=gate.project_id, gate_id=gate.pk, decision_id=decision.pk, outcome=str(outcome))
    )
    return decision


@command
def close_condition(*, actor: Actor, condition_id: UUID, evidence: str) -> GateCondition:
    """Say that a condition is met, with the evidence; with the last one the go is signed and the money released."""
    row = policy.fetch_for_update(actor, "projects.close_condition", GateCondition, condition_id)
    gate = Gate.objects.select_for_update().get(pk=row.decision.gate_id)
    if not evidence.strip():
        raise Invalid(_("Say what shows that the condition is met."), field="evidence")
    row.state = CONDITION.after(row.state, "close_condition")
    row.evidence, row.closed_by, row.closed_at = evidence.strip(), actor.person, clock.now()
    row.save()
    inbox.close_tasks(key=f"condition:{row.pk}")
    if not row.decision.conditions.exclude(state=ConditionState.CLOSED).exists():
        assert actor.person is not None
        go = sign_decision(
            gate=gate, package=row.decision.package, outcome=Outcome.GO, reason=_("All conditions are met."), person=actor.person,
            follows=row.decision,
        )  # fmt: skip
        gate.state = GATE.after(gate.state, "meet_conditions")
        services.pass_gate(gate, go, actor=actor)
        services.tell(gate, go)
        outbox.publish(
            GateDecided(project_id=gate.project_id, gate_id=gate.pk, decision_id=go.pk, outcome=str(Outcome.GO))
        )
    _save(gate)
    book.record(
        actor,
        "close_condition",
        gate,
        after={"condition": row.text, "evidence": row.evidence, "state": str(gate.state)},
    )
    return row


def _conflicted(seat: GatePanelMember) -> bool:
    """Whether a tie is known; then the seat is marked and its holder sees nothing more of the gate."""
    found = conflicts_with(seat.person, Project.objects.get(pk=seat.gate.project_id))
    if found:
        seat.conflicts = found
        seat.state = PANEL.after(seat.state, "find_conflict")
        seat.save()
    return bool(found)


def _save(gate: Gate) -> None:
    gate.touch()
    gate.save()
