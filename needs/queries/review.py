"""Reads of the panel: seats, sheets, progress and the standing of the bids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.accounts.actor import Actor
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.consensus import Consensus
from needs.models.review import PanelMember, ScoreSheet
from needs.queries.bid import bids_visible_to
from needs.queries.challenge import challenges_visible_to, opened
from needs.queries.conflict import challenges_cleared_for
from needs.queries.ranking import Place, Sheet, rank
from needs.states.award import AwardState
from needs.states.bid import COMPETING, RECEIVED, BidState
from needs.states.review import PanelState


def panel_visible_to(actor: Actor) -> QuerySet[PanelMember]:
    """One's own seats; all seats of the issuer's challenges."""
    if actor.is_system:
        return PanelMember.objects.all()
    seen = Q(pk__in=[])
    if actor.person is not None:
        seen |= Q(person=actor.person)
    if actor.organisation_id is not None:
        seen |= Q(challenge__issuer_id=actor.organisation_id)
    return PanelMember.objects.filter(seen)


def sheets_visible_to(actor: Actor) -> QuerySet[ScoreSheet]:
    """One's own sheets; others' locked ones for a bid once one's own for it is locked; to the issuer when all are."""
    counted = Q(panel_member__state=PanelState.CLEARED, locked_at__isnull=False)
    if actor.is_system:
        return ScoreSheet.objects.filter(counted)
    seen = Q(pk__in=[])
    if actor.person is not None:
        cleared = challenges_cleared_for(actor.person)
        mine = ScoreSheet.objects.filter(
            panel_member__person=actor.person, bid=OuterRef("bid"), locked_at__isnull=False
        )
        seen |= Q(panel_member__person=actor.person, bid__challenge_id__in=cleared)
        seen |= counted & Q(bid__challenge_id__in=cleared) & Q(Exists(mine))
    if actor.organisation_id is not None:
        seen |= (
            counted
            & Q(bid__challenge_id__in=reviews_completed(actor.organisation_id))
            & Q(bid__in=bids_visible_to(actor).values("pk"))
        )
    return ScoreSheet.objects.filter(seen)


def awards_visible_to(actor: Actor) -> QuerySet[Award]:
    """Proposals to the issuer and the cleared panel; signed awards to everyone who sees the challenge."""
    if actor.is_system:
        return Award.objects.all()
    seen = Q(state=AwardState.SIGNED, challenge__in=challenges_visible_to(actor).values("pk"))
    judged = Q(pk__in=[])
    if actor.organisation_id is not None:
        judged |= Q(challenge__issuer_id=actor.organisation_id)
    if actor.person is not None:
        judged |= Q(challenge_id__in=challenges_cleared_for(actor.person))
    return Award.objects.filter(seen | (judged & Q(bid__in=bids_visible_to(actor).values("pk"))))


def feedback_visible_to(actor: Actor) -> QuerySet[Feedback]:
    """Released feedback to its bidder; all of a challenge's to the issuer who writes it."""
    if actor.organisation_id is None:
        return Feedback.objects.none()
    return Feedback.objects.filter(
        Q(released_at__isnull=False, bid__bidder_id=actor.organisation_id)
        | Q(bid__challenge__issuer_id=actor.organisation_id, bid__in=bids_visible_to(actor).values("pk"))
    )


def seat_of(actor: Actor, challenge: Challenge) -> PanelMember | None:
    """The actor's own seat on the panel, whatever its state."""
    if actor.person is None:
        return None
    return PanelMember.objects.filter(challenge=challenge, person=actor.person).first()


@dataclass(frozen=True)
class Progress:
    """How far the panel is: locked sheets of those wanted, per member and in all."""

    locked: int
    wanted: int
    members: dict[UUID, int]
    bids: int

    @property
    def is_complete(self) -> bool:
        return self.wanted > 0 and self.locked >= self.wanted


def progress(challenge: Challenge) -> Progress:
    """Locked sheets of the cleared members over the bids that compete; zero of zero before the opening."""
    if not challenge.is_opened:
        return Progress(0, 0, {}, 0)
    members = dict.fromkeys(_cleared(challenge).values_list("pk", flat=True), 0)
    bids = Bid.objects.filter(challenge=challenge, state__in=COMPETING)
    count = bids.count()
    for member_id in ScoreSheet.objects.filter(
        panel_member__in=members, bid__in=bids, locked_at__isnull=False
    ).values_list("panel_member_id", flat=True):
        members[member_id] += 1
    return Progress(sum(members.values()), len(members) * count, members, count)


def is_review_complete(challenge: Challenge) -> bool:
    """Whether every cleared member has locked a sheet for every competing bid."""
    return progress(challenge).is_complete


def reviews_completed(issuer_id: UUID) -> list[UUID]:
    """The issuer's opened challenges of which every cleared member has locked every competing bid; three queries."""
    hosted = Challenge.objects.filter(opened(), issuer_id=issuer_id).values("pk")

    def counted(rows: QuerySet[Any], path: str) -> dict[UUID, int]:
        return dict(rows.order_by().values_list(path).annotate(n=Count("pk")))

    members = counted(PanelMember.objects.filter(challenge__in=hosted, state=PanelState.CLEARED), "challenge_id")
    bids = counted(Bid.objects.filter(challenge__in=hosted, state__in=COMPETING), "challenge_id")
    locked = counted(
        ScoreSheet.objects.filter(
            bid__challenge__in=hosted,
            bid__state__in=COMPETING,
            panel_member__state=PanelState.CLEARED,
            locked_at__isnull=False,
        ),
        "bid__challenge_id",
    )
    return [pk for pk, count in members.items() if bids.get(pk) and locked.get(pk, 0) >= count * bids[pk]]


def consensus_visible_to(actor: Actor) -> QuerySet[Consensus]:
    """What the panel agreed on, to its cleared members; to the issuer when every sheet is locked."""
    if actor.is_system:
        return Consensus.objects.all()
    seen = Q(pk__in=[])
    if actor.person is not None:
        mine = ScoreSheet.objects.filter(
            panel_member__person=actor.person, bid=OuterRef("bid"), locked_at__isnull=False
        )
        seen |= Q(bid__challenge_id__in=challenges_cleared_for(actor.person)) & Q(Exists(mine))
    if actor.organisation_id is not None:
        seen |= Q(bid__challenge_id__in=reviews_completed(actor.organisation_id)) & Q(
            bid__in=bids_visible_to(actor).values("pk")
        )
    return Consensus.objects.filter(seen)


def standing(
    challenge: Challenge,
    sheets: Iterable[ScoreSheet] | None = None,
    consensus: Iterable[Consensus] | None = None,
) -> list[Place]:
    """The order of the opened bids by the given sheets and agreed marks, or by all that count."""
    if not challenge.is_opened:
        return []
    if sheets is None:
        sheets = ScoreSheet.objects.filter(
            panel_member__challenge=challenge, panel_member__state=PanelState.CLEARED, locked_at__isnull=False
        )
    if isinstance(sheets, QuerySet):
        sheets = sheets.prefetch_related("scores")
    marks = [
        Sheet(one.panel_member_id, one.bid_id, {s.criterion_id: None if s.is_na else s.value for s in one.scores.all()})
        for one in sheets
    ]
    if consensus is None:
        consensus = Consensus.objects.filter(bid__challenge=challenge, superseded_at__isnull=True)
    agreed: dict[UUID, dict[UUID, Decimal | None]] = {}
    for row in consensus:
        agreed.setdefault(row.bid_id, {})[row.criterion_id] = None if row.is_na else row.value
    bids = list(Bid.objects.filter(challenge=challenge, state__in=RECEIVED).values_list("pk", "state"))
    out = frozenset(pk for pk, state in bids if state == BidState.INELIGIBLE)
    return rank(
        list(challenge.criteria.all()),
        [pk for pk, _state in bids],
        marks,
        members=_cleared(challenge).count(),
        excluded=out,
        agreed=agreed,
        limit=challenge.spread_limit,
    )


def standing_for(actor: Actor, challenge: Challenge) -> list[Place]:
    """The order as far as the actor may know it: by the locked sheets visible to them, of the bids visible to them."""
    seen = set(bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED).values_list("pk", flat=True))
    judges = challenge.issuer_id == actor.organisation_id or (
        actor.person is not None and challenge.pk in challenges_cleared_for(actor.person)
    )
    if not judges:
        return []
    sheets = sheets_visible_to(actor).filter(bid__challenge=challenge, locked_at__isnull=False)
    agreed = consensus_visible_to(actor).filter(bid__challenge=challenge, superseded_at__isnull=True)
    return [place for place in standing(challenge, sheets, agreed) if place.bid_id in seen]


def _cleared(challenge: Challenge) -> QuerySet[PanelMember]:
    return PanelMember.objects.filter(challenge=challenge, state=PanelState.CLEARED)
