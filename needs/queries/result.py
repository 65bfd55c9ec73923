"""Reads about results and capabilities."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chains.models import Chain
from core.accounts.actor import Actor
from core.indicators.models import Specification
from needs.models.outcome import Application
from needs.models.result import Capability, Result
from needs.states.need import OPEN_TO_MEMBERS
from needs.states.outcome import ApplicationState
from needs.states.result import CapabilityState, ResultState


def results_visible_to(actor: Actor) -> QuerySet[Result]:
    """One's own results, what is published for all members, and those whose owner names one as a user."""
    if not actor.is_signed_in:
        return Result.objects.none()
    if actor.is_system:
        return Result.objects.all()
    mine = Q(state=ResultState.PUBLISHED, confidentiality__in=OPEN_TO_MEMBERS)
    if actor.organisation is not None:
        used = Application.objects.filter(user=actor.organisation).exclude(state=ApplicationState.WITHDRAWN)
        mine |= Q(owner=actor.organisation) | Q(pk__in=used.values("result_id"))
    return Result.objects.filter(mine)


def capabilities_visible_to(actor: Actor) -> QuerySet[Capability]:
    """One's own, and all that still stand."""
    if not actor.is_signed_in:
        return Capability.objects.none()
    if actor.is_system:
        return Capability.objects.all()
    mine = Q(state=CapabilityState.PUBLISHED)
    if actor.organisation is not None:
        mine |= Q(owner=actor.organisation)
    return Capability.objects.filter(mine)


def chains_of(row: Result | Capability) -> list[Chain]:
    """The chains of its nodes, by name."""
    return list(Chain.objects.filter(nodes__in=row.nodes.all()).distinct().order_by("name"))


def specifications_of(result: Result) -> list[Specification]:
    """What was measured on the result, in its order."""
    return [row.specification for row in result.values_measured.select_related("specification__indicator")]
