"""Reads of notices and objections."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from needs.models.notice import AwardNotice, Objection
from needs.queries.challenge import challenges_visible_to


def notices_visible_to(actor: Actor) -> QuerySet[AwardNotice]:
    """Notices of proposed awards, to everyone who sees the challenge: that is what they are for."""
    return AwardNotice.objects.filter(challenge__in=challenges_visible_to(actor).values("pk"))


def objections_visible_to(actor: Actor) -> QuerySet[Objection]:
    """Objections to who raised them and to the issuer who answers; to nobody else."""
    if actor.is_system:
        return Objection.objects.all()
    if actor.organisation_id is None:
        return Objection.objects.none()
    return Objection.objects.filter(
        Q(organisation_id=actor.organisation_id) | Q(notice__challenge__issuer_id=actor.organisation_id)
    )
