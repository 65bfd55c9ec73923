"""What a gate's decision sets off: money, the next stage, the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits import services as benefits
from benefits.queries import tranches_of
from benefits.states import TrancheState
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Person
from core.accounts.queries import platform_admins
from core.errors import Invalid
from core.inbox import services as inbox
from core.indicators import services as indicators
from core.indicators.models import Measurement
from projects.models import Gate, GateCondition, GateDecision, Project
from projects.services import project as projects
from projects.states import CONDITION, GATE, PROJECT, ConditionState, GateState, PanelState, next_stage

REVIEW_DAYS = 7


def link(gate: Gate) -> str:
    return reverse("projects:gate", args=[gate.pk])


def people_of(project: Project) -> list[Organisation]:
    return [one.organisation for one in project.parties.select_related("organisation")]


def release(project: Project, stage: str, *, because_id: Any, actor: Actor) -> int:
    """Release the held tranches of a stage; the database looks for the signed decision itself."""
    count = 0
    for tranche in tranches_of(project.pk):
        if tranche.stage == stage and tranche.state == TrancheState.HELD:
            benefits.capture_tranche(tranche, because_id=because_id, actor=actor)
            count += 1
    return count


def save_rest(project: Project, *, actor: Actor, reason: str) -> int:
    """Void every tranche not yet released: the money is saved."""
    count = 0
    for tranche in tranches_of(project.pk):
        if tranche.state in (TrancheState.HELD, TrancheState.PLANNED):
            benefits.void_tranche(tranche, actor=actor, reason=reason)
            count += 1
    return count


def pass_gate(gate: Gate, decision: GateDecision, *, actor: Actor) -> None:
    """A go stands: the next stage's money is released and the stage begins; after the last gate acceptance begins."""
    project = Project.objects.select_for_update().get(pk=gate.project_id)
    after = next_stage(gate.stage)
    gate.ended_at = clock.now()
    if after is None:
        project.state = PROJECT.after(project.state, "await_acceptance")
    else:
        release(project, after, because_id=decision.pk, actor=actor)
        project.current_stage = after
        inbox.open_task(
            kind="offer_handover", title=gettext_noop("Hand over the results of %(gate)s to the owner of the next stage"),
            params={"gate": str(gate)}, organisation=project.lead, role="signatory", obj=project, link=projects.link(project),
            due_at=clock.now() + dt.timedelta(days=30), key=f"offer_handover:{gate.pk}",
        )  # fmt: skip
    projects.finish(project)


def kill(gate: Gate, decision: GateDecision, *, actor: Actor) -> None:
    """A stop: everything not released is saved, the project ends."""
    project = Project.objects.select_for_update().get(pk=gate.project_id)
    gate.ended_at = clock.now()
    save_rest(project, actor=actor, reason=f"decision {decision.pk}")
    project.state, project.ended_at = PROJECT.after(project.state, "kill_project"), clock.now()
    projects.finish(project)


def tell(gate: Gate, decision: GateDecision) -> None:
    """All parties learn of the decision."""
    inbox.close_tasks(key_prefix=f"gate:{gate.pk}:")
    inbox.notify(
        kind="gate_decided", title=gettext_noop("%(gate)s: %(outcome)s"),
        params={"gate": str(gate), "outcome": str(decision.get_outcome_display())}, body=decision.reason,
        to=people_of(gate.project), obj=gate, link=link(gate), key=f"gate_decided:{decision.pk}",
    )  # fmt: skip


def add_conditions(decision: GateDecision, rows: Sequence[Mapping[str, Any]]) -> None:
    """The conditions of a conditional go: each with text, owner and a day to come."""
    if not rows:
        raise Invalid(_("A conditional go names at least one condition with owner and day."), field="conditions")
    for at, row in enumerate(rows):
        text, due_on = str(row.get("text", "")).strip(), row.get("due_on")
        if not text:
            raise Invalid(_("Say what must be done."), field=f"conditions.{at}.text")
        if not isinstance(due_on, dt.date) or due_on <= clock.today():
            raise Invalid(_("The day of a condition lies in the future."), field=f"conditions.{at}.due_on")
        owner = projects.party_in(decision.gate.project, row.get("owner"), f"conditions.{at}.owner")
        made = GateCondition.objects.create(decision=decision, text=text[:500], owner=owner, due_on=due_on)
        inbox.open_task(
            kind="meet_condition", title=gettext_noop("Meet the condition “%(text)s” of %(gate)s"),
            params={"text": made.text, "gate": str(decision.gate)}, organisation=owner.organisation, obj=decision.gate,
            link=link(decision.gate), due_at=end_of(due_on), key=f"condition:{made.pk}",
        )  # fmt: skip


def measure(project: Project, actor: Actor, rows: Sequence[Mapping[str, Any]], allowed: Any) -> list[Measurement]:
    """Record measured values of the project's indicators; raises Invalid naming row and field."""
    by_id = {str(one.specification_id): one.specification for one in allowed}
    by_id |= {str(one.pk): one.specification for one in allowed}
    wrong: dict[str, list[Any]] = {}
    made = []
    for number, row in enumerate(rows):
        specification = by_id.get(str(row.get("specification")))
        if specification is None:
            wrong[f"measurements.{number}.specification"] = [_("This indicator is not due here.")]
            continue
        fields = dict(row)
        if fields.get("verified_by"):
            fields["verified_by"] = Organisation.objects.filter(pk=fields["verified_by"], state="verified").first()
            if fields["verified_by"] is None or actor.belongs_to(fields["verified_by"]):
                wrong[f"measurements.{number}.verified_by"] = [_("Choose another verified organisation.")]
                continue
        try:
            made.append(indicators.measure(specification=specification, actor=actor, fields=fields, subject=project))
        except Invalid as refused:
            for name, texts in (refused.fields or {"value": [str(refused.message)]}).items():
                wrong[f"measurements.{number}.{name}"] = list(texts)
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    return made


def lapse_due(today: dt.date) -> int:
    """Conditions past their day lapse, and their gates freeze; returns how many gates froze."""
    count = 0
    late = GateCondition.objects.filter(state=ConditionState.OPEN, due_on__lt=today)
    for gate in Gate.objects.select_for_update().filter(
        pk__in=late.values("decision__gate_id"), state=GateState.CONDITIONAL
    ):
        for row in late.filter(decision__gate=gate):
            row.state = CONDITION.after(row.state, "lapse")
            row.save(update_fields=["state"])
            inbox.cancel_tasks(key=f"condition:{row.pk}")
        gate.state = GATE.after(gate.state, "lapse")
        gate.touch()
        gate.save()
        inbox.notify(
            kind="gate_frozen", title=gettext_noop("%(gate)s is frozen: a condition was not met in time"), params={"gate": str(gate)},
            to=people_of(gate.project), obj=gate, link=link(gate), key=f"gate_frozen:{gate.pk}:{gate.version}",
        )  # fmt: skip
        count += 1
    return count


def summon_due(today: dt.date) -> int:
    """Seven days before a gate: the panel is summoned, the package asked for; overdue gates go to the operator."""
    horizon = today + dt.timedelta(days=REVIEW_DAYS)
    count = 0
    rows = Gate.objects.filter(
        project__state="running", state__in=[GateState.OPEN, GateState.IN_REVIEW, GateState.PAUSED]
    ).select_related("project__lead")
    for gate in rows:
        due = gate.review_on or gate.planned_on
        if due is None or due > horizon or gate.stage != gate.project.current_stage:
            continue
        count += 1
        if gate.state != GateState.IN_REVIEW:
            inbox.open_task(
                kind="submit_package", title=gettext_noop("Hand in the package for %(gate)s"), params={"gate": str(gate)},
                organisation=gate.project.lead, obj=gate, link=link(gate), due_at=end_of(due),
                key=f"gate:{gate.pk}:package:{gate.attempt}",
            )  # fmt: skip
        for seat in gate.panel.filter(state__in=[PanelState.INVITED, PanelState.CLEARED]).select_related("person"):
            summon(gate, seat.person, due)
        if due < today:
            escalate(gate, due)
    return count


def summon(gate: Gate, person: Person, due: dt.date) -> None:
    inbox.open_task(
        kind="review_gate", title=gettext_noop("Review %(gate)s"), params={"gate": str(gate)}, person=person, obj=gate,
        link=link(gate), due_at=end_of(due), key=f"gate:{gate.pk}:review:{person.pk}:{gate.attempt}",
    )  # fmt: skip


def escalate(gate: Gate, due: dt.date) -> None:
    inbox.notify(
        kind="gate_overdue", title=gettext_noop("%(gate)s is overdue since %(day)s"), params={"gate": str(gate), "day": str(due)},
        to=list(platform_admins()), obj=gate, link=link(gate), key=f"gate_overdue:{gate.pk}:{due}:{gate.attempt}",
    )  # fmt: skip


def end_of(day: dt.date) -> dt.datetime:
    """The last second of the day in China."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=dt.timezone(dt.timedelta(hours=8)))
