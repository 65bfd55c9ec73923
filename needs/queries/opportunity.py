"""Opportunities across chains: a need that nobody meets yet, and what another chain is able to do (R122).

Only what all members may read is looked at; what has been hidden since is hidden here as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.accounts.actor import Actor
from core.search.models import Document
from needs.models.award import Award
from needs.models.matching import Dismissal, SolverInvitation
from needs.models.need import Need
from needs.models.opportunity import Opportunity
from needs.models.pairing import Pairing
from needs.models.result import Result
from needs.queries.need import needs_visible_to
from needs.queries.result import capabilities_visible_to, results_visible_to
from needs.states.matching import InvitationState
from needs.states.need import NeedState
from needs.states.result import CapabilityState, ResultState

Answers = Callable[[], QuerySet[Any, Any]]
_answers: list[Answers] = []


def register_answers(ids: Answers) -> None:
    """Let a room above say which needs it answers: gives a query of their ids; called when the room loads."""
    _answers.append(ids)


def unmet_needs() -> QuerySet[Need]:
    """Published needs that nobody answers yet: no contract, no project, no result, nobody who took it on."""
    rows = Need.objects.filter(state=NeedState.PUBLISHED, dormant_at__isnull=True)
    answered: list[QuerySet[Any, Any]] = [
        Award.objects.filter(state="signed").values("challenge__need_id"),
        Pairing.objects.filter(state="accepted").values("need_id"),
        SolverInvitation.objects.filter(state=InvitationState.ACCEPTED).values("need_id"),
        Result.objects.filter(origin_need__isnull=False, state=ResultState.PUBLISHED).values("origin_need_id"),
        *(ids() for ids in _answers),
    ]
    for one in answered:
        rows = rows.exclude(pk__in=one.order_by())
    return rows


def opportunities_visible_to(actor: Actor) -> QuerySet[Opportunity]:
    """Those of unmet needs and of results and capabilities that stand, as far as the actor may read both."""
    if not actor.is_signed_in and not actor.is_system:
        return Opportunity.objects.none()
    results = results_visible_to(actor).filter(state=ResultState.PUBLISHED)
    able = capabilities_visible_to(actor).filter(state=CapabilityState.PUBLISHED)
    rows = Opportunity.objects.filter(gone_at__isnull=True, need__in=unmet_needs())
    rows = rows.filter(need__in=needs_visible_to(actor))
    return rows.filter(Q(result__in=results) | Q(capability__in=able))


def with_dismissals(actor: Actor, rows: QuerySet[Opportunity]) -> QuerySet[Any]:
    """Each with the dismissal of the actor's organisation that stands, its reason, and the words of what was found."""
    of = Coalesce(OuterRef("result_id"), OuterRef("capability_id"))
    stands = Dismissal.objects.filter(
        organisation=actor.organisation_id, subject_id=OuterRef("need_id"), object_id=of, restored_at__isnull=True
    )
    if actor.organisation_id is None:
        stands = stands.none()
    words = Document.objects.filter(object_id=of, kind__in=["result", "capability"]).values("weights")[:1]
    return rows.annotate(
        is_dismissed=Exists(stands), dismissal_id=Subquery(stands.values("pk")[:1]),
        dismissed_because=Subquery(stands.values("reason")[:1]), words_of_found=Subquery(words),
    )  # fmt: skip
