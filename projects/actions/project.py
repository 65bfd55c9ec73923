"""Preparing and starting a project (R005, R006, R016, R029, R086)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from benefits.queries import tranches_of
from chains.models import Chain
from core import book, checks, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Person
from core.command import command
from core.errors import Invalid, NotAllowed, Stale
from core.indicators import services as indicators
from core.indicators.models import Specification
from needs.models.award import Award
from needs.models.need import NeedIndicator
from needs.services.duplicate import compare_soon
from projects.events import ProjectStarted
from projects.models import (
    CommunicationPlan,
    Gate,
    Party,
    Project,
    ProjectIndicator,
    ProjectNeed,
    ProjectStart,
    StageFundRequest,
    WorkPackage,
)
from projects.services import gate as gates
from projects.services import project as projects
from projects.services.signing import fingerprint, sign_start
from projects.states import PROJECT, STAGES, Origin, ProjectState


@command
def create_project(
    *,
    actor: Actor,
    title: str,
    summary: str = "",
    origin: str = Origin.SELF_EXPLORATION,
    chain: UUID | str | None = None,
) -> Project:
    """Prepare a project led by one's own organisation; a need may be linked later (R006)."""
    lead = policy.acting_for(actor, "projects.create_project")
    found = Chain.objects.filter(pk=chain).first() if chain else None
    project = projects.create(lead=lead, actor=actor, title=title, origin=origin, summary=summary, chain=found)
    projects.finish(project)
    compare_soon(project)
    book.record(actor, "create_project", project, after={"title": project.title, "origin": project.origin})
    return project


@command
def create_project_from_award(*, actor: Actor, award_id: UUID) -> Project:
    """The project of a signed award, made once; whoever asks again gets the same."""
    award = policy.fetch_for_update(actor, "projects.create_project_from_award", Award, award_id)
    return projects.from_award(award, actor=actor)


@command
def edit_project(*, actor: Actor, project_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Project:
    """Change title and summary; a stale version is refused."""
    project = policy.fetch_for_update(actor, "projects.edit_project", Project, project_id)
    projects.not_over(project)
    if version is not None and version != project.version:
        raise Stale(_("Somebody changed this project meanwhile; compare and save again."))
    before = {name: getattr(project, name) for name in ("title", "summary") if name in changes}
    for name in before:
        setattr(project, name, str(changes[name]).strip())
    if not project.title:
        raise Invalid(_("Give the project a title."), field="title")
    projects.finish(project)
    book.record(actor, "edit_project", project, before=before, after={name: changes[name] for name in before})
    return project


@command
def add_party(
    *, actor: Actor, project_id: UUID, organisation: UUID | str, role: str, contact: UUID | str | None = None
) -> Party:
    """Take a verified organisation into the project."""
    project = policy.fetch_for_update(actor, "projects.add_party", Project, project_id)
    projects.in_draft(project)
    found = policy.visible_to(actor, Organisation).filter(pk=organisation).first()
    if found is None or not found.is_verified:
        raise Invalid(_("Choose a verified organisation."), field="organisation")
    person = Person.objects.filter(pk=contact).first() if contact else None
    party = projects.add_party(project, found, role, actor=actor, contact=person)
    projects.finish(project)
    book.record(actor, "add_party", project, after={"organisation": str(found), "part": role})
    return party


@command
def link_need(*, actor: Actor, project_id: UUID, need: UUID | str) -> ProjectNeed:
    """Anchor the project in a need (R006)."""
    project = policy.fetch_for_update(actor, "projects.link_need", Project, project_id)
    projects.not_over(project)
    found = projects.need_of(actor, need)
    row, _fresh = ProjectNeed.objects.get_or_create(project=project, need=found, defaults={"linked_by": actor.person})
    if project.origin == Origin.SELF_EXPLORATION and _fresh:
        before, project.origin = project.origin, Origin.NEED_PULLED
        projects.remember_origin(project, before, actor, found)
    projects.finish(project)
    book.record(actor, "link_need", project, after={"need": str(found)})
    return row


@command
def add_indicator(
    *, actor: Actor, project_id: UUID, specification: UUID | str | None = None, is_shared: bool = False,
    contributions: Sequence[Mapping[str, Any]] = (), gates_due: Sequence[str] = (), **fields: Any,
) -> ProjectIndicator:  # fmt: skip
    """Add a target: a need's own (`specification`) or a new one from its fields; shared with each party's contribution (R005)."""
    project = policy.fetch_for_update(actor, "projects.add_indicator", Project, project_id)
    projects.in_draft(project)
    if specification:
        used = NeedIndicator.objects.filter(
            version__need__project_links__project=project, specification_id=specification
        )
        spec = Specification.objects.filter(pk__in=used.values("specification_id")).first()
        if spec is None:
            raise Invalid(_("Choose an indicator of a linked need."), field="specification")
    else:
        spec = indicators.define(fields=fields, created_by=project.lead)
    if project.indicators.filter(specification=spec).exists():
        raise Invalid(_("The project has this indicator already."), field="specification")
    row = ProjectIndicator.objects.create(
        project=project, specification=spec, is_shared=is_shared, position=project.indicators.count()
    )
    if contributions:
        projects.share(row, contributions)
    for stage in gates_due or [str(one.value) for one in STAGES]:
        Gate.objects.get(project=project, stage=stage).indicators.add(row)
    projects.finish(project)
    book.record(
        actor, "add_indicator", project, after={"indicator": spec.name, "target": spec.target_text, "shared": is_shared}
    )
    return row


@command
def share_indicator(
    *, actor: Actor, indicator_id: UUID, contributions: Sequence[Mapping[str, Any]] = (), text: str = ""
) -> ProjectIndicator:
    """Make an indicator shared: the lead writes every party's contribution, a party its own (`text`) (R005)."""
    row = policy.fetch(actor, "projects.share_indicator", ProjectIndicator, indicator_id)
    project = policy.fetch_for_update(actor, "projects.view_project", Project, row.project_id)
    projects.in_draft(project)
    given = list(contributions) or [{"party": str(actor.organisation_id), "text": text}]
    if not policy.can(actor, "projects.edit_project", project):
        own = projects.party_in(project, actor.organisation_id, "contributions")
        if any(projects.party_in(project, one.get("party"), "contributions").pk != own.pk for one in given):
            raise NotAllowed(_("A party writes its own contribution; the lead writes for all."))
    projects.share(row, given)
    projects.finish(project)
    book.record(
        actor,
        "share_indicator",
        project,
        after={"indicator": str(row), "contributions": [str(one.get("text", "")) for one in given]},
    )
    return row


@command
def add_package(
    *, actor: Actor, project_id: UUID, title: str, deliverable: str, due_on: dt.date, owner: UUID | str | None = None,
    indicators: Sequence[UUID | str] = (),
) -> WorkPackage:  # fmt: skip
    """Add a line to the responsibility matrix (R016)."""
    project = policy.fetch_for_update(actor, "projects.add_package", Project, project_id)
    projects.not_over(project)
    wrong = {
        name: [sentence] for name, value, sentence in (
            ("title", title, _("Give the work package a title.")), ("deliverable", deliverable, _("Say what is delivered.")),
        ) if not value.strip()
    }  # fmt: skip
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    row = WorkPackage.objects.create(
        project=project, title=title.strip(), deliverable=deliverable.strip(), due_on=due_on,
        owner=projects.party_in(project, owner, "owner") if owner else None,
    )  # fmt: skip
    row.indicators.set([projects.indicator_in(project, one) for one in indicators])
    projects.finish(project)
    book.record(
        actor, "add_package", project, after={"package": row.title, "owner": str(row.owner or ""), "due_on": due_on}
    )
    return row


@command
def assign_package(*, actor: Actor, package_id: UUID, owner: UUID | str | None = None) -> WorkPackage:
    """Say which party is responsible for a work package; without `owner` nobody is, and the start is blocked (R016)."""
    row = policy.fetch_for_update(actor, "projects.assign_package", WorkPackage, package_id)
    projects.not_over(row.project)
    before = str(row.owner or "")
    row.owner = projects.party_in(row.project, owner, "owner") if owner else None
    row.touch()
    row.save()
    book.record(
        actor,
        "assign_package",
        row.project,
        before={"package": row.title, "owner": before},
        after={"owner": str(row.owner or "")},
    )
    return row


@command
def set_communication_plan(
    *, actor: Actor, project_id: UUID, contacts: Sequence[Mapping[str, Any]], reply_days: int, channel: str = ""
) -> CommunicationPlan:
    """Say whom to ask at each party ({party, name, phone/mail}) and in how many working days an answer comes (R029)."""
    project = policy.fetch_for_update(actor, "projects.set_communication_plan", Project, project_id)
    projects.not_over(project)
    rows = []
    for at, one in enumerate(contacts):
        party = projects.party_in(project, one.get("party"), f"contacts.{at}.party")
        name = str(one.get("name", "")).strip()
        if not name:
            raise Invalid(_("Name the contact."), field=f"contacts.{at}.name")
        rows.append(
            {
                "party": str(party.pk),
                "organisation": str(party.organisation),
                "name": name,
                "reach": str(one.get("reach", "")).strip(),
            }
        )
    if not rows:
        raise Invalid(_("Name at least one contact."), field="contacts")
    if not 1 <= int(reply_days) <= 60:
        raise Invalid(_("Answers come within 1 to 60 working days."), field="reply_days")
    plan, _fresh = CommunicationPlan.objects.update_or_create(
        project=project, defaults={"contacts": rows, "reply_days": reply_days, "channel": channel.strip()}
    )
    book.record(actor, "set_communication_plan", project, after={"contacts": len(rows), "reply_days": reply_days})
    return plan


@command
def plan_gates(
    *, actor: Actor, project_id: UUID, gates: Sequence[Mapping[str, Any]], payer: UUID | str | None = None,
    payee: UUID | str | None = None,
) -> Project:  # fmt: skip
    """Set day, indicators, must-meet list and money per gate before the start (R086).

    A row is {stage, planned_on, amount?, indicators?, must_meet?}; with amounts and a payer the money is held at once.
    """
    project = policy.fetch_for_update(actor, "projects.plan_gates", Project, project_id)
    projects.in_draft(project)
    money: list[tuple[str, Decimal]] = []
    for at, row in enumerate(gates):
        gate = Gate.objects.filter(project=project, stage=row.get("stage")).first()
        if gate is None:
            raise Invalid(_("Choose R&D, pilot or mass production."), field=f"gates.{at}.stage")
        if row.get("planned_on") is not None:
            gate.planned_on = row["planned_on"]
        if row.get("must_meet"):
            gate.must_meet = [{"text": str(text).strip()} for text in row["must_meet"] if str(text).strip()]
        gate.touch()
        gate.save()
        if row.get("indicators") is not None:
            gate.indicators.set([projects.indicator_in(project, one) for one in row["indicators"]])
        if row.get("amount"):
            money.append((str(gate.stage), Decimal(row["amount"])))
    if money:
        if tranches_of(project.pk):
            raise Invalid(_("The money of this project is planned and held already."), field="gates")
        source = projects.party_in(project, payer or project.lead_id, "payer").organisation
        target = projects.party_in(project, payee or project.lead_id, "payee").organisation
        projects.hold_plan(project, money, source, target, actor)
    projects.finish(project)
    book.record(
        actor,
        "plan_gates",
        project,
        after={"gates": [{**row, "indicators": [str(x) for x in row.get("indicators") or []]} for row in gates]},
    )
    return project


@command
def start_project(*, actor: Actor, project_id: UUID) -> ProjectStart:
    """Sign the start: gates are frozen, the R&D money is released; what is missing is listed instead (R005, R016, R029)."""
    project = policy.fetch_for_update(actor, "projects.start_project", Project, project_id)
    state = PROJECT.after(project.state, "start_project")
    checks.guard("projects.start_project", project)
    assert actor.person is not None
    frozen = []
    for gate in project.gates.all():
        gate.definition = projects.definition_of(gate)
        gate.definition_hash = fingerprint(gate.definition)
        gate.touch()
        gate.save()
        frozen.append(gate.definition_hash)
    start = sign_start(project, fingerprint(frozen), actor.person)
    gates.release(project, str(STAGES[0].value), because_id=start.pk, actor=actor)
    project.state, project.started_at = state, clock.now()
    projects.finish(project)
    projects.remember_ties(project)
    compare_soon(project)
    book.record(actor, "start_project", project, after={"gates": frozen, "state": str(ProjectState.RUNNING)})
    outbox.publish(ProjectStarted(project_id=project.pk))
    return start


@command
def request_stage_fund(
    *, actor: Actor, project_id: UUID, stage: str, amount: Decimal, reason: str = ""
) -> StageFundRequest:
    """Ask for the money of a stage; an unanchored project is refused, and a stage before its gate (R006, R086)."""
    project = policy.fetch_for_update(actor, "projects.request_stage_fund", Project, project_id)
    projects.not_over(project)
    if stage not in [str(one.value) for one in STAGES]:
        raise Invalid(_("Choose R&D, pilot or mass production."), field="stage")
    if amount <= 0:
        raise Invalid(_("Give an amount above zero."), field="amount")
    checks.guard("projects.request_stage_fund", project, stage=stage)
    assert actor.organisation is not None
    row = StageFundRequest.objects.create(
        project=project, stage=stage, amount=amount, reason=reason.strip(), organisation=actor.organisation, requested_by=actor.person
    )  # fmt: skip
    book.record(actor, "request_stage_fund", project, after={"stage": stage, "amount": amount}, reason=reason)
    return row


@command
def release_stage(*, actor: Actor, project_id: UUID, stage: str) -> Project:
    """Release a stage's money by hand: refused with the unmet gate; after a go there is nothing left to release (R086)."""
    project = policy.fetch_for_update(actor, "projects.release_stage", Project, project_id)
    if stage not in [str(one.value) for one in STAGES]:
        raise Invalid(_("Choose R&D, pilot or mass production."), field="stage")
    checks.guard("projects.release_stage", project, stage=stage, releasing=True)
    position = [str(one.value) for one in STAGES].index(stage)
    if position == 0:
        because = ProjectStart.objects.get(project=project).pk
    else:
        because = (
            Gate.objects.get(project=project, position=position - 1)
            .decisions.filter(outcome="go")
            .values_list("pk", flat=True)[0]
        )
    count = gates.release(project, stage, because_id=because, actor=actor)
    book.record(actor, "release_stage", project, after={"stage": stage, "tranches": count})
    return project
