"""Reads about challenges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from core import clock
from core.accounts.actor import Actor
from needs.models.challenge import Addendum, Challenge
from needs.models.need import Need
from needs.queries.need import restricted_visible_to
from needs.states.challenge import PUBLIC, ChallengeState
from needs.states.need import Confidentiality
from needs.states.review import PanelState


def opened(prefix: str = "") -> Q:
    """Whose bids may be read by those who judge: past the deadline by the clock, and not cancelled before it."""
    at = f"{prefix}deadline_at"
    return Q(**{f"{prefix}published_at__isnull": False, f"{at}__lte": clock.now()}) & (
        Q(**{f"{prefix}cancelled_at__isnull": True}) | Q(**{f"{prefix}cancelled_at__gte": F(at)})
    )


def challenges_visible_to(actor: Actor) -> QuerySet[Challenge]:
    """Published challenges to everyone who may see the need; drafts to the issuer; the panel sees its own."""
    if not actor.is_signed_in:
        return Challenge.objects.none()
    rows = Challenge.objects.all()
    if actor.is_system:
        return rows
    told = Q(state__in=PUBLIC) | Q(state=ChallengeState.CANCELLED, published_at__isnull=False)
    # Said of the challenge's own column, so that no need is read for it: few needs are restricted, and an index knows them.
    hidden = Need.objects.filter(confidentiality=Confidentiality.RESTRICTED).exclude(
        pk__in=restricted_visible_to(actor)
    )
    reachable = ~Q(need_id__in=hidden.order_by().values("pk"))
    seen = told & reachable
    if actor.organisation_id is not None:
        seen |= Q(issuer_id=actor.organisation_id)
    if actor.person is not None:
        seats = actor.person.panel_seats.exclude(state=PanelState.RECUSED).values("challenge_id")
        seen |= told & Q(pk__in=seats)
    return rows.filter(seen)


def addenda_visible_to(actor: Actor) -> QuerySet[Addendum]:
    """The addenda of visible challenges."""
    return Addendum.objects.filter(challenge__in=challenges_visible_to(actor).values("pk"))


def challenges_open_for_bids(actor: Actor) -> QuerySet[Challenge]:
    """Visible challenges that still take bids, the one that closes first on top."""
    rows = challenges_visible_to(actor).filter(state=ChallengeState.PUBLISHED, deadline_at__gt=clock.now())
    return rows.order_by("deadline_at")


def challenge_parts(challenge: Challenge) -> dict[str, Any]:
    """What a challenge's page and record show of it, read once."""
    return {
        "indicators": [row.specification for row in challenge.indicators.select_related("specification")],
        "payers": list(challenge.payers.select_related("organisation")),
        "criteria": list(challenge.criteria.all()),
        "gates": list(challenge.gates.prefetch_related("specifications")),
        "addenda": list(challenge.addenda.select_related("issued_by")),
    }


def followers_of(challenge: Challenge | UUID) -> list[Any]:
    """The people who follow the challenge."""
    from core.accounts.models import Person

    challenge_id = challenge.pk if isinstance(challenge, Challenge) else challenge
    return list(Person.objects.filter(pk__in=_followers(challenge_id), is_active=True))


def _followers(challenge_id: UUID) -> QuerySet[Any, Any]:
    from needs.models.challenge import ChallengeFollow

    return ChallengeFollow.objects.filter(challenge_id=challenge_id).values("person_id")
