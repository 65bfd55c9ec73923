"""What projects ask of people and tell them, and which days they put into the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.actor import Actor
from core.inbox import deadlines, kinds
from core.inbox.deadlines import Deadline
from projects.queries.gate import conditions_visible_to, gates_visible_to
from projects.queries.project import work_packages_visible_to
from projects.states import ConditionState, ProjectState

kinds.register(
    "projects",
    _("Projects and gates"),
    order=30,
    asked={
        "submit_package": _("The package for a gate is due"),
        "review_gate": _("A gate waits for my review"),
        "meet_condition": _("A condition of a gate must be met"),
        "offer_handover": _("Results must be handed over to the next stage"),
        "accept_handover": _("A hand-over waits for us"),
        "sign_acceptance": _("An acceptance waits for my signature"),
        "decide_direction": _("A new direction of our project waits for a decision"),
        "close_need": _("A need can be closed with the accepted values"),
    },
    told={
        "project_created": _("A project with us was prepared"),
        "direction_changed": _("A project with us changed its direction"),
        "direction_responds": _("A project responds to our need or complaint"),
        "gate_decided": _("A gate of our project was decided"),
        "gate_frozen": _("A gate of our project is frozen"),
        "gate_overdue": _("A gate is overdue"),
        "handover_answered": _("A hand-over was answered"),
    },
    locked={"meet_condition": kinds.DEADLINE, "gate_frozen": kinds.DEADLINE, "submit_package": kinds.DEADLINE},
)

AT_WORK = [ProjectState.RUNNING, ProjectState.ACCEPTING]


def _days(start: dt.datetime, end: dt.datetime) -> tuple[dt.date, dt.date]:
    return start.astimezone(clock.CHINA).date(), end.astimezone(clock.CHINA).date()


def gate_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """When a gate of a running project is due, and the conditions of a conditional go."""
    first, last = _days(start, end)
    gates = gates_visible_to(actor).annotate(due=Coalesce("review_on", "planned_on")).filter(ended_at__isnull=True)
    gates = gates.filter(project__state=ProjectState.RUNNING, due__gte=first, due__lt=last)
    for row in gates.select_related("project__lead")[:1000]:
        yield Deadline(
            key=f"gate-{row.pk}", title=gettext("Gate due: %(gate)s") % {"gate": row}, on=row.due, link=reverse("projects:gate", args=[row.pk]),
            object_id=row.pk, organisation=row.project.title, changed_at=row.updated_at,
        )  # fmt: skip
    conditions = conditions_visible_to(actor).filter(state=ConditionState.OPEN, due_on__gte=first, due_on__lt=last)
    for one in conditions.select_related("decision__gate__project")[:1000]:
        gate = one.decision.gate
        yield Deadline(
            key=f"condition-{one.pk}", title=gettext("Condition of %(gate)s: %(text)s") % {"gate": gate, "text": one.text}, on=one.due_on,
            link=reverse("projects:gate", args=[gate.pk]), object_id=gate.pk, organisation=gate.project.title, changed_at=one.created_at,
        )  # fmt: skip


def package_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """When the deliverable of a work package is due."""
    first, last = _days(start, end)
    rows = work_packages_visible_to(actor).filter(due_on__gte=first, due_on__lt=last, project__state__in=AT_WORK)
    for row in rows.select_related("project", "owner__organisation")[:1000]:
        yield Deadline(
            key=f"package-{row.pk}", title=gettext("Deliverable due: %(title)s (%(project)s)") % {"title": row.title, "project": row.project.title},
            on=row.due_on, link=reverse("projects:project", args=[row.project_id]), object_id=row.pk,
            organisation=row.owner.organisation.name if row.owner else "", changed_at=row.updated_at,
        )  # fmt: skip


deadlines.register("gates", _("Gates and conditions"), gate_days)
deadlines.register("packages", _("Work packages"), package_days)
