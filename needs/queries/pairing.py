"""Reads about matches between needs and organisations."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from needs.models.pairing import Pairing


def pairings_visible_to(actor: Actor) -> QuerySet[Pairing]:
    """Those of one's own needs, and those that name one's organisation."""
    if actor.is_system:
        return Pairing.objects.all()
    if actor.organisation is None:
        return Pairing.objects.none()
    return Pairing.objects.filter(Q(need__owner=actor.organisation) | Q(organisation=actor.organisation))
