"""The seal. Whoever reads a bid, by page, list, search, export, file or API, reads it through `bids_visible_to`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.accounts.actor import Actor
from core.accounts.models import Membership
from core.files.models import StoredFile
from needs.models.bid import Bid, BidFile, BidSubmission
from needs.models.challenge import Challenge
from needs.queries.anonymity import nameless, with_names_for
from needs.queries.challenge import opened
from needs.queries.conflict import challenges_cleared_for
from needs.states.bid import RECEIVED


def bids_visible_to(actor: Actor) -> QuerySet[Bid]:
    """Which bids exist for the actor (R015).

    Until the challenge's deadline, to the microsecond and by the clock alone, a bid exists for its own organisation
    and for nobody else: no admin, no issuer, no panel, no count. From the deadline on, what was submitted exists also
    for the issuer's organisation and for panel members who declared no conflict and in whom none is found. Drafts and
    withdrawn bids are never opened.
    """
    if not actor.is_signed_in:
        return Bid.objects.none()
    judged = opened("challenge__") & Q(state__in=RECEIVED)
    if actor.is_system:
        return with_names_for(actor, Bid.objects.filter(judged))
    seen = Q(pk__in=[])
    if actor.organisation_id is not None:
        seen |= Q(bidder_id=actor.organisation_id)
        seen |= judged & Q(challenge__issuer_id=actor.organisation_id) & no_seat_with_a_bidder(actor)
    if actor.person is not None:
        seen |= judged & Q(challenge_id__in=challenges_cleared_for(actor.person))
    return with_names_for(actor, Bid.objects.filter(seen))


def nameless_bids(actor: Actor) -> set[UUID]:
    """The ids of the bids that the actor may read and must not learn the bidder of."""
    rows = bids_visible_to(actor).filter(nameless("challenge")).exclude(bidder_id=actor.organisation_id)
    return set(rows.order_by().values_list("pk", flat=True))


def bid_files_visible_to(actor: Actor) -> QuerySet[BidFile]:
    """The files of visible bids."""
    return BidFile.objects.filter(bid__in=bids_visible_to(actor).values("pk"))


def shown_file(actor: Actor, bid_id: UUID, stored: StoredFile) -> StoredFile:
    """The file of a bid, under a name that tells nothing where the actor must not learn who bids."""
    if bid_id in nameless_bids(actor):
        stem, dot, last = stored.name.rpartition(".")
        stored.name = f"{stored.sha256[:12]}.{last}" if dot and stem else stored.sha256[:12]
    return stored


def submissions_visible_to(actor: Actor) -> QuerySet[BidSubmission]:
    """What was handed in, of visible bids; the judges see only the last one, the bidder every one.

    What was handed in says who did, so that judges without names read it only when the names are told.
    """
    rows = BidSubmission.objects.filter(bid__in=bids_visible_to(actor).values("pk"))
    newer = BidSubmission.objects.filter(bid=OuterRef("bid"), number__gt=OuterRef("number"))
    return rows.filter(Q(bid__bidder_id=actor.organisation_id) | (~Exists(newer) & ~nameless("bid__challenge")))


def bid_of(actor: Actor, challenge: Challenge) -> Bid | None:
    """The acting organisation's own bid, whatever its state."""
    if actor.organisation_id is None:
        return None
    return Bid.objects.filter(challenge=challenge, bidder_id=actor.organisation_id).first()


def received_bids(actor: Actor, challenge: Challenge) -> list[Bid]:
    """The opened bids that the actor may read, in the order of their submission."""
    rows = bids_visible_to(actor).filter(challenge=challenge, state__in=RECEIVED)
    if not challenge.is_opened:
        return []
    return list(rows.select_related("bidder", "challenge").order_by("submitted_at"))


def no_seat_with_a_bidder(actor: Actor, challenge: str = "challenge") -> Q:
    """For whoever judges or oversees: nothing of a challenge in which another organisation of theirs takes part."""
    if actor.person is None:
        return Q()
    others = Membership.objects.filter(person=actor.person, is_active=True).exclude(organisation=actor.organisation)
    rival = Bid.objects.filter(
        challenge=OuterRef(challenge), state__in=RECEIVED, bidder__in=others.values("organisation_id")
    )
    return Q(~Exists(rival))
