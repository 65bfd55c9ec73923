"""Hand-over from stage to stage, acceptance, and the claim after a failure (R028, R008, R084)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits import services as benefits
from benefits.models import Claim, RiskFund
from benefits.states import ClaimKind, EvidenceKind
from core import book, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Person
from core.command import command
from core.errors import Invalid, WrongState
from core.files import services as files
from core.inbox import services as inbox
from core.indicators.kinds import Outcome as Verdict
from projects.events import ProjectAccepted
from projects.models import Acceptance, Gate, GateDecision, Handover, HandoverFile, Project
from projects.queries.project import conflicts_with, values_by_environment
from projects.services import gate as gates
from projects.services import project as projects
from projects.states import (
    ACCEPTANCE,
    HANDOVER,
    PROJECT,
    AcceptanceOutcome,
    GateState,
    Outcome,
    ProjectState,
    next_stage,
)


@command
def offer_handover(
    *, actor: Actor, project_id: UUID, from_stage: str, next_owner: UUID | str, documents: str, parameters: str, open_risks: str,
    files_: Sequence[UploadedFile[Any]] = (),
) -> Handover:  # fmt: skip
    """Offer a finished stage's results to the owner of the next one (R028)."""
    project = policy.fetch_for_update(actor, "projects.offer_handover", Project, project_id)
    gate = project.gates.filter(stage=from_stage).first()
    after = next_stage(from_stage) if gate else None
    if gate is None or after is None:
        raise Invalid(_("Choose a stage that another one follows."), field="from_stage")
    if gate.state != GateState.PASSED:
        raise WrongState(_("The gate of this stage is not passed yet."))
    owner = policy.visible_to(actor, Organisation).filter(pk=next_owner).first()
    if owner is None or not owner.is_verified:
        raise Invalid(_("Choose a verified organisation."), field="next_owner")
    wrong = {
        name: [_("Write it down; “none” is an answer too.")]
        for name, value in (("documents", documents), ("parameters", parameters), ("open_risks", open_risks)) if not value.strip()
    }  # fmt: skip
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    if project.handovers.filter(to_stage=after, state__in=["offered", "accepted"]).exists():
        raise WrongState(_("A hand-over for this stage is offered or accepted already."))
    row = Handover.objects.create(
        project=project, gate=gate, to_stage=after, next_owner=owner, documents=documents.strip(), parameters=parameters.strip(),
        open_risks=open_risks.strip(), offered_by=actor.person, offered_at=clock.now(),
    )  # fmt: skip
    for one in files_:
        HandoverFile.objects.create(handover=row, file=files.store(actor, one, purpose=files.EVIDENCE, field="files_"))
    inbox.close_tasks(key=f"offer_handover:{gate.pk}")
    inbox.open_task(
        kind="accept_handover", title=gettext_noop("Take over %(project)s"), params={"project": str(row)}, organisation=owner,
        role="signatory", obj=row, link=projects.link(project), due_at=clock.now() + dt.timedelta(days=14), key=f"accept_handover:{row.pk}",
    )  # fmt: skip
    book.record(actor, "offer_handover", project, after={"to": str(owner), "stage": after})
    return row


@command
def accept_handover(*, actor: Actor, handover_id: UUID, received_on: dt.date | None = None) -> Handover:
    """Take over; the receiving date is kept, and the broken-chain alert ends (R028)."""
    row = policy.fetch_for_update(actor, "projects.accept_handover", Handover, handover_id)
    day = received_on or clock.today()
    if day > clock.today():
        raise Invalid(_("This day is still to come."), field="received_on")
    row.state, row.received_on, row.answered_by = HANDOVER.after(row.state, "accept_handover"), day, actor.person
    _answered(row)
    book.record(actor, "accept_handover", row.project, after={"stage": row.to_stage, "received_on": day})
    return row


@command
def refuse_handover(*, actor: Actor, handover_id: UUID, reason: str = "") -> Handover:
    """Refuse, with what is missing."""
    row = policy.fetch_for_update(actor, "projects.refuse_handover", Handover, handover_id)
    if not reason.strip():
        raise Invalid(_("Say what is missing, so that it can be mended."), field="reason")
    row.state, row.reason, row.answered_by = HANDOVER.after(row.state, "refuse_handover"), reason.strip(), actor.person
    _answered(row)
    book.record(actor, "refuse_handover", row.project, after={"stage": row.to_stage}, reason=reason)
    return row


def _answered(row: Handover) -> None:
    row.touch()
    row.save()
    inbox.close_tasks(key=f"accept_handover:{row.pk}")
    inbox.notify(
        kind="handover_answered", title=gettext_noop("%(party)s: %(answer)s — hand-over of %(project)s"),
        params={"party": str(row.next_owner), "answer": str(row.get_state_display()), "project": str(row.project)}, body=row.reason,
        to=row.project.lead, obj=row, link=projects.link(row.project), key=f"handover:{row.pk}:{row.state}",
    )  # fmt: skip


@command
def record_acceptance(
    *,
    actor: Actor,
    project_id: UUID,
    expert: UUID | str,
    measurements: Sequence[Mapping[str, Any]] = (),
    note: str = "",
) -> Acceptance:
    """The need's owner signs the verdict on the frozen indicators and asks an expert to sign as well (R008)."""
    project = policy.fetch_for_update(actor, "projects.record_acceptance", Project, project_id)
    if project.state != ProjectState.ACCEPTING:
        raise WrongState(_("Acceptance begins when the last gate is passed."))
    if hasattr(project, "acceptance"):
        raise WrongState(_("The acceptance is recorded already."))
    person = Person.objects.filter(pk=expert, is_active=True).first()
    if person is None or conflicts_with(person, project):
        raise Invalid(_("Choose an expert who is tied with no party."), field="expert")
    rows = list(project.indicators.select_related("specification"))
    gates.measure(project, actor, measurements, rows)
    values = values_by_environment(project, [one.specification for one in rows])
    verdicts, all_met, empty = [], True, []
    for one in rows:
        newest = values[one.specification_id].get("newest")
        outcome = str(newest["verdict"].outcome) if newest else str(Verdict.NOT_MEASURED.value)
        verdicts.append({"indicator": one.specification.name, "target": one.specification.target_text, "outcome": outcome,
                         "value": str(newest["measurement"].value) if newest and newest["measurement"].value is not None else ""})  # fmt: skip
        if one.specification.is_must:
            all_met = all_met and outcome == Verdict.MET
            if outcome == Verdict.NOT_MEASURED:
                empty.append(str(one))
    if empty:
        raise Invalid(
            _("A measured value is missing for: %(names)s.") % {"names": "、".join(empty)},
            field="measurements",
            code="not_measured",
        )
    assert actor.person is not None and actor.organisation is not None
    row = Acceptance.objects.create(
        project=project, outcome=AcceptanceOutcome.MET if all_met else AcceptanceOutcome.PARTLY_MET, verdicts=verdicts, note=note.strip(),
        owner=actor.organisation, owner_signed_by=actor.person, owner_signed_at=clock.now(), expert=person,
    )  # fmt: skip
    inbox.open_task(
        kind="sign_acceptance", title=gettext_noop("Sign the acceptance of %(project)s as expert"), params={"project": str(project)},
        person=person, obj=project, link=projects.link(project), key=f"sign_acceptance:{project.pk}",
    )  # fmt: skip
    book.record(actor, "record_acceptance", project, after={"outcome": str(row.outcome), "verdicts": verdicts})
    return row


@command
def sign_acceptance(*, actor: Actor, acceptance_id: UUID) -> Acceptance:
    """The expert's signature: the project is accepted, and the owner is asked to close the need (R008)."""
    row = policy.fetch_for_update(actor, "projects.sign_acceptance", Acceptance, acceptance_id)
    row.state, row.expert_signed_at = ACCEPTANCE.after(row.state, "sign_acceptance"), clock.now()
    row.touch()
    row.save()
    project = Project.objects.select_for_update().get(pk=row.project_id)
    project.state, project.ended_at = PROJECT.after(project.state, "accept_project"), clock.now()
    projects.finish(project)
    inbox.close_tasks(key=f"sign_acceptance:{project.pk}")
    for one in project.need_links.select_related("need__owner"):
        inbox.open_task(
            kind="close_need", title=gettext_noop("Close the need “%(need)s” with the accepted values"), params={"need": one.need.title},
            organisation=one.need.owner, obj=one.need, link=f"/needs/{one.need_id}/", key=f"close_need:{one.need_id}:{project.pk}",
        )  # fmt: skip
    book.record(actor, "sign_acceptance", project, after={"outcome": str(row.outcome)})
    outbox.publish(ProjectAccepted(project_id=project.pk))
    return row


@command
def open_failure_claim(*, actor: Actor, project_id: UUID, fund: UUID | str, loss: Decimal, reason: str) -> Claim:
    """After a stop: a claim on a risk fund, with the decision's entry in the book as report of the failed gate (R084)."""
    project = policy.fetch_for_update(actor, "projects.open_failure_claim", Project, project_id)
    if project.state != ProjectState.KILLED:
        raise WrongState(_("A claim for a failed project follows a stop at a gate."))
    found = policy.visible_to(actor, RiskFund).filter(pk=fund).first()
    if found is None:
        raise Invalid(_("Choose a fund your organisation is a party of."), field="fund")
    decision = GateDecision.objects.filter(gate__project=project, outcome=Outcome.KILL).select_related("gate").first()
    assert decision is not None and actor.organisation is not None
    entry = next(
        (
            one
            for one in book.timeline(Gate.objects.get(pk=decision.gate_id), limit=100)
            if one.operation == "decide_gate"
        ),
        None,
    )
    if entry is None:
        raise WrongState(_("The decision is not in the book yet; try again in a minute."))
    claim = benefits.open_claim(
        fund=found, claimant=actor.organisation, kind=str(ClaimKind.RD_FAILURE.value), loss=loss, reason=reason, actor=actor,
        subject_id=project.pk, subject_title=str(project),
        leaves=[(str(EvidenceKind.GATE_REPORT.value), entry.leaf_hash, str(decision))],
    )  # fmt: skip
    book.record(
        actor,
        "open_failure_claim",
        project,
        after={"claim": str(claim.pk), "loss": loss, "leaf": entry.leaf_hash},
        reason=reason,
    )
    return claim
