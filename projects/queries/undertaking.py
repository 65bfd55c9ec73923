"""Projects among the undertakings that are compared, so that nothing is researched twice (R106), and the needs they answer (R122)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from needs.queries.opportunity import register_answers
from needs.queries.undertaking import Facts, Source, register, words_of
from projects.models import Project, ProjectIndicator, ProjectNeed
from projects.states import ProjectState


def _projects(ids: Sequence[UUID]) -> dict[UUID, Facts]:
    told: dict[UUID, list[str]] = defaultdict(list)
    for row in ProjectIndicator.objects.filter(project_id__in=ids).select_related("specification"):
        told[row.project_id].append(words_of(row.specification))
    answers: dict[UUID, list[ProjectNeed]] = defaultdict(list)
    for link in ProjectNeed.objects.filter(project_id__in=ids).select_related("need__node"):
        answers[link.project_id].append(link)
    found = {}
    for pk in Project.objects.filter(pk__in=ids).values_list("pk", flat=True):
        needs = [link.need for link in answers[pk]]
        at = {need.node_id: need.node.name for need in needs}
        field = next((need.field for need in needs if need.field), "")
        lineage = frozenset({pk, *(need.pk for need in needs)})
        found[pk] = Facts(" ".join(told[pk]), frozenset(at), " ".join(at.values()), field, lineage)
    return found


register(Source("project", [ProjectState.DRAFT, ProjectState.RUNNING, ProjectState.ACCEPTING], _projects))
register_answers(lambda: ProjectNeed.objects.values("need_id"))
