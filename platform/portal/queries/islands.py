"""The island report: who and what has no link to the other side, and who fits (R001).

Universities and institutes are the one side, firms and the needs of their chains the other. The count is of organisations and needs, the
two ends of a match; results and nodes without a link are listed beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chains.models import ChainNode, NodeMember
from chains.queries import chains_led_by, nodes_visible_to
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationKind, OrganisationState
from core.errors import NotFound
from core.search import queries as search
from needs.models import Award, Capability, Definer, Flow, Need, Pairing, Result, SolverInvitation
from needs.queries.need import needs_visible_to
from needs.queries.pairing import in_touch_with
from needs.queries.result import results_visible_to
from needs.states.matching import InvitationState
from needs.states.need import DefinerState, NeedState
from projects.models import Party, ProjectNeed

INNOVATORS = [OrganisationKind.UNIVERSITY.value, OrganisationKind.RESEARCH_INSTITUTE.value]
# Who takes part in neither side.
ASIDE = [OrganisationKind.OPERATOR.value, OrganisationKind.AUTHORITY.value]
SUGGESTED = 5


def sees_report(actor: Actor) -> bool:
    """Chain leaders and the operator see all of it; others what is their own."""
    return actor.is_system or actor.is_operator or chains_led_by(actor.organisation_id).exists()


def may_look(actor: Actor, owner_id: UUID) -> None:
    """Nothing, or NotFound: whether others are linked is for chain leaders and the operator to know."""
    if not (sees_report(actor) or actor.belongs_to(owner_id)):
        raise NotFound(_("There is nothing here, or you have no access to it."))


def lonely_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Verified organisations without a link to the other side; a firm with a published need stands there through its need."""
    rows = organisations_visible_to(actor).filter(state=OrganisationState.VERIFIED).exclude(kinds__overlap=ASIDE)
    if not sees_report(actor):
        rows = rows.filter(pk__in=[actor.organisation_id] if actor.organisation_id else [])
    innovators = Organisation.objects.filter(kinds__overlap=INNOVATORS).values("pk")
    defining = Definer.objects.filter(state=DefinerState.ACCEPTED, organisation__in=innovators)
    paired = Pairing.objects.filter(state="accepted")
    invited = SolverInvitation.objects.filter(state=InvitationState.ACCEPTED)
    signed = Award.objects.filter(state="signed")
    between = Flow.objects.filter(state="recorded").filter(
        Q(giver__in=innovators) & ~Q(taker__in=innovators) | Q(taker__in=innovators) & ~Q(giver__in=innovators)
    )
    bridging = Party.objects.filter(organisation__in=innovators).values("project_id")
    spanning = Party.objects.filter(project_id__in=bridging).exclude(organisation__in=innovators).values("project_id")
    linked: list[QuerySet[Any, Any]] = [
        defining.values("organisation_id"), defining.values("need__owner_id"), paired.values("organisation_id"),
        paired.values("need__owner_id"), invited.values("organisation_id"), invited.values("need__owner_id"),
        signed.values("bid__bidder_id"), signed.values("challenge__need__owner_id"),
        between.values("giver_id"), between.values("taker_id"), Party.objects.filter(project_id__in=spanning).values("organisation_id"),
        Need.objects.filter(state=NeedState.PUBLISHED).values("owner_id"),
    ]  # fmt: skip
    for one in linked:
        rows = rows.exclude(pk__in=one.order_by())
    return rows


def lonely_needs(actor: Actor) -> QuerySet[Need]:
    """Published needs that no organisation of research defines, serves or was matched with, and no project answers."""
    rows = needs_visible_to(actor).filter(state=NeedState.PUBLISHED)
    if not sees_report(actor):
        rows = rows.filter(owner_id=actor.organisation_id)
    linked: list[QuerySet[Any, Any]] = [
        Definer.objects.filter(state=DefinerState.ACCEPTED, organisation__kinds__overlap=INNOVATORS).values("need_id"),
        Pairing.objects.filter(state="accepted").values("need_id"),
        SolverInvitation.objects.filter(state=InvitationState.ACCEPTED).values("need_id"),
        Award.objects.filter(state="signed").values("challenge__need_id"),
        ProjectNeed.objects.values("need_id"),
        Result.objects.filter(origin_need__isnull=False, state="published").values("origin_need_id"),
    ]
    for one in linked:
        rows = rows.exclude(pk__in=one.order_by())
    return rows


def lonely_results(actor: Actor) -> QuerySet[Result]:
    """Published results that answer no need and came of no project."""
    rows = results_visible_to(actor).filter(state="published", origin_need__isnull=True, origin_project_id__isnull=True)
    return rows if sees_report(actor) else rows.filter(owner_id=actor.organisation_id)


def lonely_nodes(actor: Actor) -> QuerySet[ChainNode]:
    """Nodes at which no university or institute works and which no published result or capability suits."""
    at_node = NodeMember.objects.filter(organisation__kinds__overlap=INNOVATORS).values("node_id")
    suited = Result.nodes.through.objects.filter(result__state="published").values("chainnode_id")
    able = Capability.nodes.through.objects.filter(capability__state="published").values("chainnode_id")
    return nodes_visible_to(actor).exclude(pk__in=at_node).exclude(pk__in=suited).exclude(pk__in=able)


@dataclass(frozen=True)
class Suggestion:
    """A partner on the other side, and the text in which the words were found that both speak of."""

    need: Need
    organisation: Organisation
    because: str
    link: str


def partners_for_need(actor: Actor, need: Need) -> list[Suggestion]:
    """Owners of results and capabilities that speak of the same, best first."""
    found = search.matching(actor, title=need.title, text=need.pain_point, kinds=["result", "capability"])
    best: dict[Any, Suggestion] = {}
    for row in found.exclude(organisation_id=need.owner_id).select_related("organisation")[: SUGGESTED * 4]:
        if row.organisation is not None and row.organisation_id not in best:
            best[row.organisation_id] = Suggestion(need, row.organisation, row.title, row.link)
    return list(best.values())[:SUGGESTED]


def needs_for(actor: Actor, organisation: Organisation) -> list[Suggestion]:
    """Published needs that speak of what the organisation's results and capabilities do, best first."""
    results = results_visible_to(actor).filter(owner=organisation, state="published").order_by("-created_at")[:20]
    texts: Sequence[tuple[str, str]] = [(one.title, one.text) for one in results]
    able = Capability.objects.filter(owner=organisation, state="published").order_by("-created_at")[:20]
    texts = [*texts, *((one.title, one.text) for one in able)] or [(organisation.name, organisation.intro)]
    title, text = " ".join(one for one, _text in texts), " ".join(one for _title, one in texts)
    found = search.matching(actor, title=title, text=text, kinds=["need"])
    ranked = list(found.filter(object_id__in=needs_to_offer(actor, organisation).values("pk"))[:SUGGESTED])
    known = Need.objects.in_bulk([row.object_id for row in ranked])
    return [Suggestion(known[row.object_id], organisation, row.title, row.link) for row in ranked]


def needs_to_offer(actor: Actor, organisation: Organisation) -> QuerySet[Need]:
    """Published needs of others that the actor reads and that wait for no answer of the organisation."""
    rows = needs_visible_to(actor).filter(state=NeedState.PUBLISHED).exclude(owner=organisation)
    return rows.exclude(in_touch_with(organisation.pk)).order_by()


def island_count(actor: Actor) -> int:
    """Organisations and needs that stand alone."""
    return lonely_organisations(actor).count() + lonely_needs(actor).count()
