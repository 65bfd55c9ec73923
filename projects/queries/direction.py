"""Reads about changes of direction (R024)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from core.access import policy
from core.accounts.actor import Actor
from needs.models.complaint import Cluster
from needs.models.need import Need
from projects.models import DirectionChange, Project
from projects.queries.project import projects_visible_to
from projects.states import DirectionState


def directions_visible_to(actor: Actor) -> QuerySet[DirectionChange]:
    """Those of the projects that one may see."""
    return DirectionChange.objects.filter(project__in=projects_visible_to(actor))


def approved_of(project: Project) -> QuerySet[DirectionChange]:
    """What was approved, the newest first."""
    return project.direction_changes.filter(state=DirectionState.APPROVED).order_by("-decided_at")


def present_direction(project: Project) -> str:
    """Where the project goes now: what was approved last, else what it is about."""
    row = approved_of(project).first()
    return row.after if row else project.summary


def with_causes(actor: Actor, rows: QuerySet[DirectionChange]) -> list[DirectionChange]:
    """The changes, each with `shown_need` and `shown_cluster` where the actor may see these."""
    found = list(rows.select_related("proposed_by", "decided_by", "organisation", "project__lead"))
    needs = {
        one.pk: one
        for one in policy.visible_to(actor, Need).filter(pk__in=[row.need_id for row in found if row.need_id])
    }
    clusters = policy.visible_to(actor, Cluster).filter(pk__in=[row.cluster_id for row in found if row.cluster_id])
    by_id = {one.pk: one for one in clusters}
    for row in found:
        one: Any = row
        one.shown_need, one.shown_cluster = needs.get(row.need_id), by_id.get(row.cluster_id)  # type: ignore[arg-type]
    return found


def responses_to(actor: Actor, **cause: Any) -> list[DirectionChange]:
    """Approved changes because of this need or cluster: those meant to be shown, and those of projects one may see.

    Each has `sees_project`: only then the page links there.
    """
    if not _approved(**cause).exists():
        return []
    seen = set(projects_visible_to(actor).filter(direction_changes__in=_approved(**cause)).values_list("pk", flat=True))
    rows = _approved(**cause).filter(Q(is_shown=True) | Q(project_id__in=seen)).select_related("project__lead")
    found = list(rows.order_by("-decided_at")[:50])
    for row in found:
        one: Any = row
        one.sees_project = row.project_id in seen
    return found


def _approved(**cause: Any) -> QuerySet[DirectionChange]:
    return DirectionChange.objects.filter(state=DirectionState.APPROVED, **cause)
