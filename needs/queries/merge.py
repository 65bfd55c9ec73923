"""Reads about merging needs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from needs.models.duplicate import JointProposal
from needs.models.merge import NeedMerge
from needs.models.need import Need
from needs.queries.duplicate import of_object, pairs_visible_to
from needs.queries.need import needs_visible_to
from needs.states.duplicate import Consent, JointKind, JointState
from needs.states.need import ALIVE

MOST = 10


def merges_visible_to(actor: Actor) -> QuerySet[NeedMerge]:
    """Those of one's own needs."""
    if actor.is_system:
        return NeedMerge.objects.all()
    if actor.organisation is None:
        return NeedMerge.objects.none()
    return NeedMerge.objects.filter(
        Q(kept__owner=actor.organisation) | Q(absorbed__owner=actor.organisation) | Q(proposer=actor.organisation)
    )


def owners_of(merge: NeedMerge) -> set[UUID]:
    """Whose consent it takes."""
    return {merge.kept.owner_id, merge.absorbed.owner_id}


def agreed_beforehand(one: Need, other: Need) -> bool:
    """Whether all owners agreed to merge these two already, when it was found that they ask for the same (R106)."""
    agreed = JointProposal.objects.filter(kind=JointKind.MERGE, state=JointState.AGREED)
    for need in (one, other):
        agreed = agreed.filter(parties__object_id=need.pk, parties__consent=Consent.GIVEN)
    return agreed.exists()


def mergeable_with(actor: Actor, need: Need) -> list[Need]:
    """Needs that were found to ask for the same, as far as the actor sees them: what one would merge with."""
    pairs = pairs_visible_to(actor).filter(of_object(need.pk)).order_by("-score")[:MOST]
    ids = [one.other_id if one.one_id == need.pk else one.one_id for one in pairs]
    found = needs_visible_to(actor).filter(pk__in=ids, state__in=ALIVE).select_related("owner").in_bulk()
    return [found[pk] for pk in ids if pk in found]
