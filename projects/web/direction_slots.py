"""Changes of direction on the page of their project, and on those of the cluster and the need that made them (R024)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.models.complaint import Cluster
from needs.models.need import Need
from projects.models import Project
from projects.queries import direction as reading
from projects.states import DirectionState, ProjectState


def directions_of_project(request: HttpRequest, *, project: Project, **_context: Any) -> str | None:
    """From where to where, because of what, who approved it and when; and what waits for a decision."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    rows = reading.with_causes(actor, project.direction_changes.all())
    waits = next((row for row in rows if row.state == DirectionState.PROPOSED), None)
    is_over = project.state in (ProjectState.ACCEPTED, ProjectState.KILLED)
    may_propose = not is_over and waits is None and policy.can(actor, "projects.propose_direction", project)
    if not rows and not may_propose:
        return None
    may_decide = waits is not None and policy.can(actor, "projects.decide_direction", waits)
    shown = {"directions": rows, "project": project, "may_propose": may_propose, "may_decide": may_decide}
    return render_to_string("projects/_directions.html", shown, request=request)


def _responses(request: HttpRequest, **cause: Any) -> str | None:
    rows = reading.responses_to(request.actor, **cause)  # type: ignore[attr-defined]  # set by the actor's middleware
    return render_to_string("projects/_responses.html", {"responses": rows}, request=request) if rows else None


def responses_to_cluster(request: HttpRequest, *, cluster: Cluster, **_context: Any) -> str | None:
    """The projects that changed direction because of the cluster."""
    return _responses(request, cluster=cluster)


def responses_to_need(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """The projects that changed direction because of the need."""
    return _responses(request, need=need)


slots.register("projects.project_page", directions_of_project, order=20)
slots.register("needs.cluster_page", responses_to_cluster, order=20)
slots.register("needs.need_page", responses_to_need, order=14)
