"""Reading projects: what an actor may see, the parties' own lists, values by environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person
from core.accounts.states import Role
from core.indicators.engine import compare
from core.indicators.models import Measurement, Specification
from core.ties import queries as ties
from projects.models import Acceptance, Party, Project, ProjectIndicator, ProjectNeed, StageFundRequest, WorkPackage


def sees_all(actor: Actor) -> bool:
    """The operator's admins and stage-fund approvers see every project."""
    return actor.is_operator and bool({Role.ADMIN, Role.APPROVER} & set(actor.roles))


def projects_visible_to(actor: Actor) -> QuerySet[Project]:
    """The projects one's organisation is a party of, those answering its needs, those one is to sign; the operator sees all."""
    if actor.is_system or sees_all(actor):
        return Project.objects.all()
    if actor.organisation is None or not (actor.organisation.is_verified or actor.organisation.is_merged):
        return _as_expert(actor)
    # Each way to a project by an index of its own: one query with three outer joins would read every project.
    ways = [
        Party.objects.filter(organisation=actor.organisation).values("project_id"),
        ProjectNeed.objects.filter(need__owner=actor.organisation).values("project_id"),
    ]
    if actor.person is not None:
        ways.append(Acceptance.objects.filter(expert=actor.person).values("project_id"))
    return Project.objects.filter(pk__in=ways[0].union(*ways[1:]))


def takes_part(actor: Actor, project: Project) -> bool:
    """Whether the acting organisation is one of the parties; asks nothing where these are prefetched."""
    return any(actor.belongs_to(one.organisation_id) for one in project.parties.all())


def with_counts(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with `party_count` and whether a need is linked, `is_anchored`."""
    parties = Party.objects.filter(project=OuterRef("pk")).order_by().values("project")
    return rows.annotate(
        party_count=Coalesce(Subquery(parties.annotate(total=Count("pk")).values("total")), 0),
        is_anchored=Exists(ProjectNeed.objects.filter(project=OuterRef("pk"))),
    )


def _as_expert(actor: Actor) -> QuerySet[Project]:
    if actor.person is None:
        return Project.objects.none()
    return Project.objects.filter(pk__in=Acceptance.objects.filter(expert=actor.person).values("project_id"))


def work_packages_visible_to(actor: Actor) -> QuerySet[WorkPackage]:
    return WorkPackage.objects.filter(project__in=projects_visible_to(actor))


def indicators_visible_to(actor: Actor) -> QuerySet[ProjectIndicator]:
    return ProjectIndicator.objects.filter(project__in=projects_visible_to(actor))


def acceptances_visible_to(actor: Actor) -> QuerySet[Acceptance]:
    return Acceptance.objects.filter(project__in=projects_visible_to(actor))


def fund_requests_visible_to(actor: Actor) -> QuerySet[StageFundRequest]:
    return StageFundRequest.objects.filter(project__in=projects_visible_to(actor))


def packages_of(actor: Actor) -> QuerySet[WorkPackage]:
    """Exactly the work packages that the acting organisation is responsible for (R016)."""
    if actor.organisation is None:
        return WorkPackage.objects.none()
    rows = WorkPackage.objects.filter(owner__organisation=actor.organisation)
    return rows.exclude(project__state__in=["accepted", "killed"]).select_related("project", "owner__organisation")


def organisations_of(project: Project) -> list[Organisation]:
    """The parties' organisations."""
    return [one.organisation for one in project.parties.select_related("organisation")]


def conflicts_with(person: Person, project: Project) -> list[str]:
    """Why the person may not judge the project: a seat in a party, or a dated tie with one. Empty when nothing is known."""
    organisations = organisations_of(project)
    seats = set(
        Membership.objects.filter(person=person, is_active=True, organisation__in=organisations).values_list(
            "organisation_id", flat=True
        )
    )
    found = [str(one) for one in organisations if one.pk in seats]
    return found + [one.words for one in ties.conflicts(person, organisations, clock.today())]


def values_by_environment(project: Project, specifications: Iterable[Specification]) -> dict[UUID, dict[str, Any]]:
    """The newest value of each indicator in the laboratory, the pilot and on the line, with its verdict (R011)."""
    wanted = {one.pk: one for one in specifications}
    found: dict[UUID, dict[str, Any]] = {pk: {} for pk in wanted}
    rows = Measurement.objects.filter(subject_id=project.pk, specification__in=wanted)
    for row in rows.select_related("verified_by", "evidence").order_by("created_at"):
        cell = {"measurement": row, "verdict": compare(wanted[row.specification_id].to_spec(), row.to_value())}
        found[row.specification_id][row.environment or "lab"] = cell
        found[row.specification_id]["newest"] = cell
    return found
