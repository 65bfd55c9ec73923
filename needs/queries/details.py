"""Reads of the confidential part of a challenge. The text itself leaves only through `needs.actions.details`, with a log."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from core.accounts.actor import Actor
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails, DetailsAcceptance, DetailsFile, DetailsOpening
from needs.queries.anonymity import nameless
from needs.queries.challenge import challenges_visible_to

M = TypeVar("M", DetailsAcceptance, DetailsOpening)


def details_visible_to(actor: Actor) -> QuerySet[ChallengeDetails]:
    """That a challenge has a confidential part, to everyone who sees the challenge; its text is not read with it."""
    seen = challenges_visible_to(actor).order_by().values("pk")
    return ChallengeDetails.objects.filter(challenge__in=seen).select_related("challenge").defer("text")


def acceptances_visible_to(actor: Actor) -> QuerySet[DetailsAcceptance]:
    """One's own promises; to the issuer all that were given to it, nameless as long as its bidders are."""
    return _marked(actor, DetailsAcceptance.objects.filter(_own_or_issuers(actor)))


def openings_visible_to(actor: Actor) -> QuerySet[DetailsOpening]:
    """What one's own organisation opened; to the issuer every opening, nameless as long as its bidders are."""
    return _marked(actor, DetailsOpening.objects.filter(_own_or_issuers(actor)))


def details_files_visible_to(actor: Actor) -> QuerySet[DetailsFile]:
    """Confidential files of details that one may open."""
    given = DetailsAcceptance.objects.filter(_own(actor)).order_by().values("details_id")
    mine = Q(details__in=given)
    if actor.organisation_id is not None:
        mine |= Q(details__challenge__issuer_id=actor.organisation_id)
    seen = challenges_visible_to(actor).order_by().values("pk")
    return DetailsFile.objects.filter(mine, details__challenge__in=seen)


def acceptance_of(actor: Actor, details: ChallengeDetails) -> DetailsAcceptance | None:
    """The promise that covers the actor: the acting organisation's, or an expert's own."""
    return details.acceptances.filter(_own(actor)).first()


def details_of(challenge: Challenge) -> ChallengeDetails | None:
    """The confidential part of a challenge without its text, if it has one."""
    return ChallengeDetails.objects.filter(challenge=challenge).defer("text").first()


def _own(actor: Actor) -> Q:
    mine = Q(pk__in=[])
    if actor.organisation_id is not None:
        mine |= Q(organisation_id=actor.organisation_id)
    if actor.person is not None:
        mine |= Q(organisation__isnull=True, person=actor.person)
    return mine


def _own_or_issuers(actor: Actor) -> Q:
    mine = _own(actor)
    if actor.organisation_id is not None:
        mine |= Q(details__challenge__issuer_id=actor.organisation_id)
    return mine


def _marked(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """With `is_nameless`: whether this reader must not learn who it was."""
    own = When(_own(actor), then=Value(False))
    hidden = When(nameless("details__challenge"), then=Value(True))
    return rows.annotate(is_nameless=Case(own, hidden, default=Value(False), output_field=BooleanField()))
