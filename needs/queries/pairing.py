"""Reads about matches between needs and organisations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from needs.models.matching import SolverInvitation
from needs.models.pairing import Pairing
from needs.states.matching import InvitationState
from needs.states.pairing import PairingState

TOUCHING = [InvitationState.SENT, InvitationState.ACCEPTED]


def pairings_visible_to(actor: Actor) -> QuerySet[Pairing]:
    """Those of one's own needs, and those that name one's organisation."""
    if actor.is_system:
        return Pairing.objects.all()
    if actor.organisation is None:
        return Pairing.objects.none()
    return Pairing.objects.filter(Q(need__owner=actor.organisation) | Q(organisation=actor.organisation))


def is_in_touch(need_id: UUID, organisation_id: UUID) -> bool:
    """Whether the organisation waits with the need for an answer, or the two have found each other, by match or by invitation."""
    both = {"need": need_id, "organisation": organisation_id}
    return (
        Pairing.objects.filter(**both).exclude(state=PairingState.DECLINED).exists()
        or SolverInvitation.objects.filter(**both, state__in=TOUCHING).exists()
    )


def in_touch_with(organisation_id: UUID) -> Q:
    """The needs that the organisation is in touch with."""
    paired = Pairing.objects.filter(organisation=organisation_id).exclude(state=PairingState.DECLINED)
    invited = SolverInvitation.objects.filter(organisation=organisation_id, state__in=TOUCHING)
    return Q(pk__in=paired.values("need_id")) | Q(pk__in=invited.values("need_id"))
