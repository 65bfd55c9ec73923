"""What bids resemble (R106): own work and bids, which may be paid twice; work of others; after the opening, the other bids of the challenge.

Everything is compared, what is sealed and what is confidential as well; what is found leaves only through `needs.queries.bid_likeness`. A bid has no
search document: what is compared of it is put together here and forgotten. Bids are compared with each other only once they are opened.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Q

from core import clock
from core.accounts.actor import Actor
from core.command import system_command
from core.search import queries as search
from core.search.bridge import bridge
from core.search.copying import copied, passages
from core.search.likeness import crowded, likeness
from core.search.meaning import cosine
from core.search.models import Document
from core.search.ranking import weights_of
from needs.models.bid import Bid
from needs.models.bid_likeness import Measure, SimilarBid
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails
from needs.models.question import Question
from needs.queries import undertaking
from needs.queries.bid import bids_visible_to
from needs.queries.undertaking import Facts, words_of
from needs.queries.verdict import specifications_of
from needs.services.likening import Crowds, Weigher, alike
from needs.states.bid import RECEIVED, BidState
from needs.states.challenge import JUDGING

# Below, nothing is kept: no threshold can be set lower.
FLOOR = Decimal("0.05")
CANDIDATES, A_NIGHT = 30, 5_000
# A bid is compared while nothing is decided on it; an awarded one is still what another repeats.
COMPARED, PURSUED = [BidState.SUBMITTED, BidState.ELIGIBLE], [BidState.SUBMITTED, BidState.ELIGIBLE, BidState.AWARDED]
BID = Bid._meta.label_lower


def compare_bid(bid_id: UUID, weigher: Weigher | None = None) -> int:
    """Compare a bid with its bidder's other bids and work, and with the work of others; gives how many are like it."""
    with system_command("needs.compare_bid") as _system:
        bid = Bid.objects.select_related("challenge__need__node").filter(pk=bid_id, state__in=COMPARED).first()
        if bid is None:
            SimilarBid.objects.filter(bid=bid_id, gone_at__isnull=True).update(gone_at=clock.now())
            return 0
        row, work = as_document(bid), _work_like(bid)
        others = Bid.objects.filter(bidder=bid.bidder_id, state__in=PURSUED).exclude(challenge=bid.challenge_id)
        bids = list(others.select_related("challenge__need__node"))
        rows = [*work, *map(as_document, bids)]
        facts = undertaking.facts_of(work) | {one.pk: facts_of_bid(one) for one in (bid, *bids)}
        seen = (weigher or Weigher()).undertakings([row, *rows], facts)
        this = seen[bid.pk]
        # What lies around it is the work of others: of its own, that there is much is what is looked for.
        around = [seen[one.object_id] for one in work if not _is_own(one, bid)]
        crowds = Crowds(
            2 * crowded(likeness(this.whole, one.whole) for one in around),
            2 * crowded(cosine(this.lies, one.lies) for one in around),
        )
        found = {
            (one.object_type, one.object_id): Decimal(str(round(alike(this, seen[one.object_id], crowds), 3)))
            for one in rows
        }
        return _keep(bid, Measure.ALIKE, found)


def compare_opened(challenge_id: UUID) -> int:
    """Look for passages that the opened bids of a challenge share word for word; gives how many pairs share any. Sealed bids it does not read."""
    with system_command("needs.compare_opened") as _system:
        bids = list(bids_visible_to(Actor.system()).filter(challenge=challenge_id).order_by("pk"))
        if len(bids) < 2:
            return 0
        said = {bid.pk: passages(bid.plan) for bid in bids}
        given = _given(Challenge.objects.select_related("need").get(pk=challenge_id))
        found: dict[UUID, dict[tuple[str, UUID], Decimal]] = {bid.pk: {} for bid in bids}
        for one, other in combinations(bids, 2):
            share = copied(said[one.pk], said[other.pk], given)
            found[one.pk][BID, other.pk] = found[other.pk][BID, one.pk] = Decimal(str(round(share, 3)))
        return sum(_keep(bid, Measure.COPIED, found[bid.pk]) for bid in bids) // 2


def compare_bids(limit: int = A_NIGHT) -> int:
    """Every night: the bids on which nothing is decided, and those of the challenges under review with each other; gives how many bids."""
    weigher, done = Weigher(), 0
    with system_command("needs.compare_bids") as _system:
        over = SimilarBid.objects.filter(gone_at__isnull=True).exclude(bid__state__in=RECEIVED)
        over.update(gone_at=clock.now())
        bids = list(
            Bid.objects.filter(state__in=COMPARED).order_by("-submitted_at").values_list("pk", flat=True)[:limit]
        )
        challenges = list(Challenge.objects.filter(state__in=JUDGING).values_list("pk", flat=True))
    for pk in bids:
        compare_bid(pk, weigher)
        done += 1
    for pk in challenges:
        compare_opened(pk)
    return done


def compare_bid_soon(bid: Bid) -> None:
    """After the present transaction, compare what was submitted; if the message is lost, the night does."""
    bid_id = str(bid.pk)

    def hint() -> None:
        try:
            current_app.send_task("needs.compare_bid", kwargs={"bid_id": bid_id}, retry=False)
        except Exception:
            return  # the nightly round compares it

    transaction.on_commit(hint, robust=True)


def as_document(bid: Bid) -> Document:
    """What a bid says, in the form that is compared; it is never saved.

    The title is the call's and not the bidder's; team and contact tell who it is, not what it does: these stay out.
    """
    notes = bid.commitments.exclude(note="").values_list("note", flat=True)
    text = "\n".join([bid.plan, *notes])
    weights, length = weights_of("", text, bridge())
    return Document(
        object_type=BID, object_id=bid.pk, kind="bid", title="", text=text, weights=weights, length=length,
        organisation_id=bid.bidder_id, updated_at=bid.updated_at,
    )  # fmt: skip


def facts_of_bid(bid: Bid) -> Facts:
    """Where a bid belongs and what it is measured by: its challenge's need and indicators."""
    need = bid.challenge.need
    told = " ".join(map(words_of, specifications_of(bid.challenge)))
    return Facts(told, frozenset([need.node_id]), need.node.name, need.field, frozenset([bid.pk]))


def _work_like(bid: Bid) -> list[Document]:
    """The results and projects that the search finds nearest to the bid, and of the bidder's own as many again."""
    kinds = [kind for kind in undertaking.kinds() if kind != "need"]
    row = as_document(bid)
    found = search.matching(Actor.system(), title=row.title, text=row.text, kinds=kinds).filter(undertaking.alive())
    own = Q(organisation=bid.bidder_id) | Q(parties__contains=[bid.bidder_id])
    rows = {one.pk: one for part in (found, found.filter(own)) for one in part[:CANDIDATES]}
    return list(rows.values())


def _is_own(work: Document, bid: Bid) -> bool:
    return bid.bidder_id == work.organisation_id or bid.bidder_id in work.parties


def _given(challenge: Challenge) -> set[tuple[str, ...]]:
    """What every bidder could take from the call: passages of the challenge, its need, its confidential details and its answers."""
    need = challenge.need
    texts = [
        challenge.title, challenge.summary, challenge.eligibility, challenge.ip_text, need.title, need.pain_point, need.affected_users,
        need.key_technologies, need.expected_results, need.constraints, *map(words_of, specifications_of(challenge)),
    ]  # fmt: skip
    texts += ChallengeDetails.objects.filter(challenge=challenge).values_list("text", flat=True)
    for asked, answered in Question.objects.filter(challenge=challenge, state="answered").values_list("text", "answer"):
        texts += [asked, answered]
    return set().union(*(passages(text) for text in texts if text))


def _keep(bid: Bid, measure: Measure, found: dict[tuple[str, UUID], Decimal]) -> int:
    """Write what was found, and end what is none any more."""
    now = clock.now()
    kept = {key: score for key, score in found.items() if score >= FLOOR}
    SimilarBid.objects.bulk_create(
        (
            SimilarBid(bid=bid, other_type=kind, other_id=pk, measure=measure, score=score, found_at=now, gone_at=None)
            for (kind, pk), score in sorted(kept.items())
        ),
        update_conflicts=True, unique_fields=["bid", "other_id", "measure"], update_fields=["score", "gone_at"],
    )  # fmt: skip
    rows = SimilarBid.objects.filter(bid=bid, measure=measure, gone_at__isnull=True)
    rows.exclude(other_id__in=[pk for _kind, pk in kept]).update(gone_at=now)
    return len(kept)
