"""Reads of declarations, the formal check and what is asked for later."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock
from core.accounts.actor import Actor
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.eligibility import (
    BidDeclaration,
    EligibilityCondition,
    EligibilityFinding,
    SupplementFile,
    SupplementRequest,
)
from needs.queries.bid import bids_visible_to
from needs.states.question import SupplementState


def supplements_visible_to(actor: Actor) -> QuerySet[SupplementRequest]:
    """What is asked for later, of visible bids."""
    return SupplementRequest.objects.filter(bid__in=bids_visible_to(actor).order_by().values("pk"))


def supplement_files_visible_to(actor: Actor) -> QuerySet[SupplementFile]:
    """Papers handed in later: to the bidder at once, to those who judge once they are handed in."""
    rows = SupplementFile.objects.filter(supplement__in=supplements_visible_to(actor).values("pk"))
    given = rows.filter(supplement__state=SupplementState.GIVEN)
    if actor.organisation_id is None:
        return given
    return given | rows.filter(supplement__bid__bidder_id=actor.organisation_id)


@dataclass(frozen=True)
class Checked:
    """One condition: what the bid declares on it and what the formal check found."""

    condition: EligibilityCondition
    declaration: BidDeclaration | None
    finding: EligibilityFinding | None


def checked_conditions(bid: Bid) -> list[Checked]:
    """Every condition of the challenge with the bid's declaration and the finding, in order."""
    declared = {one.condition_id: one for one in bid.declarations.all()}
    found = {one.condition_id: one for one in bid.findings.all()}
    return [Checked(one, declared.get(one.pk), found.get(one.pk)) for one in bid.challenge.conditions.all()]


def waiting_supplements(challenge: Challenge) -> QuerySet[SupplementRequest]:
    """What is still asked for and not yet due."""
    return SupplementRequest.objects.filter(
        bid__challenge=challenge, state=SupplementState.ASKED, due_at__gt=clock.now()
    )
