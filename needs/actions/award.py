"""Award with two signatures, and feedback to every bidder (R015)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.inbox import services as inbox
from needs.events.challenge import AwardSigned
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.bid import bids_visible_to
from needs.queries.review import standing
from needs.services.award import better_than, place_of, release_feedback, settle_bids, sign, void_signatures
from needs.services.challenge import FEN, challenge_link, ensure_closed, index_challenge, tell_watchers
from needs.states.award import AWARD, LIVE, AwardState
from needs.states.challenge import CHALLENGE, JUDGING


@command
def propose_award(
    *,
    actor: Actor,
    challenge_id: UUID,
    bid_id: UUID,
    amount: Decimal,
    reason: str = "",
    exception_reason: str = "",
    feedback: Mapping[str, str] | None = None,
) -> Award:
    """Propose a bid for the award with the first signature. Passing over a better bid needs its reason."""
    challenge = _lock(policy.fetch(actor, "needs.propose_award", Challenge, challenge_id))
    _under_review(challenge)
    checks.guard("needs.propose_award", challenge)
    assert actor.person is not None
    bid = _bid(actor, challenge, bid_id)
    if not challenge.race_mode and challenge.awards.filter(state__in=LIVE).exists():
        raise WrongState(_("An award of this challenge is proposed already; change or void it."), code="award_exists")
    if challenge.awards.filter(state__in=LIVE, bid=bid).exists():
        raise WrongState(_("An award to this bid is proposed already; change or void it."), code="award_exists")
    award = Award(challenge=challenge, proposed_by=actor.person, proposed_at=clock.now())
    _fill(award, challenge, bid, amount, reason, exception_reason)
    award.save()
    for pk, text in (feedback or {}).items():
        _write_feedback(actor, _bid(actor, challenge, pk), text)
    sign(award, actor.person)
    book.record(actor, "propose_award", award, after=_told(award), reason=award.reason)
    _ask_second(award)
    inbox.close_tasks(key=f"propose_award:{challenge.pk}")
    return award


@command
def edit_award(*, actor: Actor, award_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Award:
    """Change a proposal; every signature under the former words is void, and the editor's becomes the first."""
    award = _award(actor, "needs.edit_award", award_id)
    if version is not None and version != award.version:
        raise Stale(_("Somebody changed this award meanwhile; compare and save again."))
    award.state = AWARD.after(award.state, "edit_award")
    before = _told(award)
    challenge = award.challenge
    unknown = set(changes) - {"bid_id", "amount", "reason", "exception_reason"}
    if unknown:
        raise Invalid(_("Unknown field: %s.") % ", ".join(sorted(unknown)), field=sorted(unknown)[0])
    bid = _bid(actor, challenge, changes["bid_id"]) if changes.get("bid_id") else award.bid
    _fill(
        award,
        challenge,
        bid,
        changes.get("amount", award.amount),
        changes.get("reason", award.reason),
        changes.get("exception_reason", award.exception_reason),
    )
    assert actor.person is not None
    void_signatures(award)
    award.proposed_by, award.proposed_at = actor.person, clock.now()
    award.touch()
    award.save()
    sign(award, actor.person)
    book.record(actor, "edit_award", award, before=before, after=_told(award))
    _ask_second(award)
    return award


@command
def sign_award(*, actor: Actor, award_id: UUID, version: int | None = None) -> Award:
    """The second signature, by another person; when no proposal is left open, the challenge is awarded and all are told."""
    award = _award(actor, "needs.sign_award", award_id)
    if version is not None and version != award.version:
        raise Stale(_("The award changed since you read it; read it again before you sign."))
    checks.guard("needs.sign_award", award)
    award.state = AWARD.after(award.state, "sign_award")
    assert actor.person is not None
    sign(award, actor.person)
    award.signed_by, award.signed_at = actor.person, clock.now()
    award.touch()
    award.save()
    challenge = award.challenge
    book.record(actor, "sign_award", award, after=_told(award), reason=award.exception_reason)
    outbox.publish(
        AwardSigned(award_id=award.pk, challenge_id=challenge.pk, bid_id=award.bid_id, need_id=challenge.need_id)
    )
    inbox.close_tasks(key=f"sign_award:{award.pk}")
    if not challenge.awards.filter(state=AwardState.PROPOSED).exists():
        _conclude(challenge)
    return award


@command
def void_award(*, actor: Actor, award_id: UUID, reason: str) -> Award:
    """Withdraw or refuse a proposal with its reason; nothing is awarded by it."""
    award = _award(actor, "needs.void_award", award_id)
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    award.state = AWARD.after(award.state, "void_award")
    award.void_reason = reason.strip()
    void_signatures(award)
    award.touch()
    award.save()
    book.record(actor, "void_award", award, reason=award.void_reason)
    inbox.cancel_tasks(key=f"sign_award:{award.pk}")
    challenge = award.challenge
    if (
        challenge.awards.filter(state=AwardState.SIGNED).exists()
        and not challenge.awards.filter(state=AwardState.PROPOSED).exists()
    ):
        _conclude(challenge)
    else:
        inbox.open_task(
            kind="propose_award",
            title=gettext_noop("Propose the award of %(challenge)s"),
            params={"challenge": str(challenge)},
            why=gettext_noop("The last proposal was voided."),
            organisation=challenge.issuer,
            role="signatory",
            obj=challenge,
            link=challenge_link(challenge) + "?tab=award",
            key=f"propose_award:{challenge.pk}",
        )
    return award


@command
def write_feedback(*, actor: Actor, bid_id: UUID, text: str) -> Feedback:
    """Write what a bidder will read with the own marks; it is released with the award."""
    bid = policy.fetch(actor, "needs.write_feedback", Bid, bid_id)
    challenge = _lock(bid.challenge)
    _under_review(challenge)
    return _write_feedback(actor, bid, text)


def _write_feedback(actor: Actor, bid: Bid, text: str) -> Feedback:
    if not text.strip():
        raise Invalid(_("Please write a sentence that helps the bidder."), field="text")
    feedback, _fresh = Feedback.objects.update_or_create(
        bid=bid, defaults={"text": text.strip(), "written_by": actor.person}
    )
    book.record(actor, "write_feedback", feedback)
    return feedback


def _conclude(challenge: Challenge) -> None:
    """The challenge is awarded: bids settled, feedback released, followers told."""
    challenge.state = CHALLENGE.after(challenge.state, "award_challenge")
    challenge.touch()
    challenge.save(update_fields=["state", "version", "updated_at"])
    settle_bids(challenge)
    release_feedback(challenge)
    inbox.cancel_tasks(obj=challenge)
    tell_watchers(
        challenge,
        kind="challenge_awarded",
        title=gettext_noop("%(challenge)s is awarded"),
        key=f"challenge_awarded:{challenge.pk}",
    )
    index_challenge(challenge)


def _fill(award: Award, challenge: Challenge, bid: Bid, amount: Decimal, reason: str, exception_reason: str) -> None:
    """Put a bid, its place and an amount on an award; raises Invalid beside the field."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid(_("Give an amount above zero, to the fen."), field="amount")
    others = challenge.awards.filter(state__in=LIVE).exclude(pk=award.pk)
    left = (challenge.budget or Decimal(0)) - sum((one.amount for one in others), Decimal(0))
    if amount > left:
        raise Invalid(_("The budget leaves %(left)s yuan for this award.") % {"left": f"{left:,.2f}"}, field="amount")
    places = standing(challenge)
    place = place_of(bid, places)
    if place is None or place.rank is None or place.total is None:
        raise Invalid(
            _("This bid has no rank: it is not admitted, below a minimum mark or without marks."), field="bid_id"
        )
    better = better_than(bid, places, [one.bid_id for one in others])
    if better and not exception_reason.strip():
        raise Invalid(
            _(
                "This bid stands at %(rank)d; say why the order is broken. The reason is recorded and shown to the second signer."
            )
            % {"rank": place.rank},
            field="exception_reason",
            code="order_broken",
        )
    award.bid, award.amount, award.rank, award.total = bid, amount, place.rank, place.total
    award.reason = reason.strip()
    award.breaks_order = bool(better)
    award.exception_reason = exception_reason.strip() if better else ""
    award.ranking = [
        {
            "bid": str(one.bid_id),
            "rank": one.rank,
            "total": str(one.total) if one.total is not None else None,
            "below": len(one.below),
        }
        for one in places
    ]


def _ask_second(award: Award) -> None:
    inbox.open_task(
        kind="sign_award",
        title=gettext_noop("Sign the award of %(challenge)s"),
        params={"challenge": str(award.challenge)},
        why=gettext_noop("An award needs a second signature, by another person than who proposed it."),
        organisation=award.challenge.issuer,
        role="signatory",
        obj=award.challenge,
        link=reverse("needs:award", args=[award.pk]),
        key=f"sign_award:{award.pk}",
    )


def _told(award: Award) -> dict[str, Any]:
    return {
        "bid": str(award.bid_id),
        "amount": str(award.amount),
        "rank": award.rank,
        "total": str(award.total),
        "breaks_order": award.breaks_order,
        "exception_reason": award.exception_reason,
        "ranking": award.ranking,
    }


def _lock(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update(of=("self",)).select_related("need", "issuer").get(pk=challenge.pk)


def _under_review(challenge: Challenge) -> None:
    ensure_closed(challenge)
    if challenge.state not in JUDGING:
        raise WrongState(_("The bids of this challenge are not under review."), code="not_under_review")


def _bid(actor: Actor, challenge: Challenge, bid_id: UUID | str) -> Bid:
    bid = bids_visible_to(actor).filter(challenge=challenge, pk=bid_id).exclude(bidder_id=actor.organisation_id).first()
    if bid is None:
        raise Invalid(_("Choose one of the opened bids of this challenge."), field="bid_id")
    return bid


def _award(actor: Actor, rule: str, award_id: UUID) -> Award:
    """The award, locked after its challenge."""
    seen = policy.fetch(actor, rule, Award, award_id)
    challenge = _lock(seen.challenge)
    award = policy.fetch_for_update(actor, rule, Award, seen.pk)
    award.challenge = challenge
    return award
