"""Results on the page of the project that they come from, and what the room of results asks about projects (R004)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from core.access import policy
from core.accounts.actor import Actor
from core.web import slots
from needs.queries.origins import OriginProject, Projects, use_projects
from needs.queries.result import results_visible_to
from projects.models import Party, Project
from projects.queries.project import projects_visible_to, takes_part


def _shown(rows: Iterable[Project]) -> list[OriginProject]:
    return [OriginProject(row.pk, str(row), reverse("projects:project", args=[row.pk])) for row in rows]


def ours(actor: Actor) -> list[OriginProject]:
    """The projects that the acting organisation is a party of."""
    if actor.organisation is None:
        return []
    mine = Party.objects.filter(organisation=actor.organisation).values("project_id")
    return _shown(Project.objects.filter(pk__in=mine).order_by("-created_at")[:200])


def seen(actor: Actor, ids: Iterable[UUID]) -> list[OriginProject]:
    """Those of the projects that the actor may see."""
    return _shown(projects_visible_to(actor).filter(pk__in=list(ids)))


def results_of_project(request: HttpRequest, *, project: Project, **_context: Any) -> str | None:
    """What came of the project, and for its parties the button that records it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    rows = list(results_visible_to(actor).filter(origin_project_id=project.pk).select_related("owner").order_by("code"))
    is_party = takes_part(actor, project)
    may_post = is_party and policy.can(actor, "needs.post_result", actor.organisation)
    if not rows and not may_post:
        return None
    need = next((one.need_id for one in project.need_links.all()), None)
    shown = {"results": rows, "project": project, "may_post": may_post, "need_id": need}
    return render_to_string("projects/_results.html", shown, request=request)


use_projects(Projects(ours=ours, seen=seen))
slots.register("projects.project_page", results_of_project, order=30)
