"""Award with two signatures, and feedback to every bidder (R015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from needs.services.award import fix_shares, settle_bids, sign, void_signatures
from needs.services.challenge import challenge_link, index_challenge, tell_watchers
from needs.services.feedback import complete_feedback, release_feedback, write_words
from needs.services.notice import ask_second, withdraw_notice
from needs.services.proposal import bid_for, fill_award, lock_challenge, put_forward, told, under_review
from needs.states.award import AWARD, LIVE, AwardState
from needs.states.challenge import CHALLENGE, ChallengeState


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
    challenge = lock_challenge(policy.fetch(actor, "needs.propose_award", Challenge, challenge_id))
    under_review(challenge)
    checks.guard("needs.propose_award", challenge)
    assert actor.person is not None
    bid = bid_for(actor, challenge, bid_id)
    if not challenge.race_mode and challenge.awards.filter(state__in=LIVE).exists():
        raise WrongState(_("An award of this challenge is proposed already; change or void it."), code="award_exists")
    if challenge.awards.filter(state__in=LIVE, bid=bid).exists():
        raise WrongState(_("An award to this bid is proposed already; change or void it."), code="award_exists")
    award = Award(challenge=challenge, proposed_by=actor.person, proposed_at=clock.now())
    fill_award(award, challenge, bid, amount, reason=reason, exception_reason=exception_reason)
    award.save()
    for pk, text in (feedback or {}).items():
        _write_feedback(actor, bid_for(actor, challenge, pk), text)
    put_forward(actor, award)
    return award


@command
def edit_award(*, actor: Actor, award_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Award:
    """Change a proposal; every signature under the former words is void, and the editor's becomes the first."""
    award = _award(actor, "needs.edit_award", award_id)
    if version is not None and version != award.version:
        raise Stale(_("Somebody changed this award meanwhile; compare and save again."))
    award.state = AWARD.after(award.state, "edit_award")
    before = told(award)
    challenge = award.challenge
    unknown = set(changes) - {"bid_id", "amount", "reason", "exception_reason"}
    if unknown:
        raise Invalid(_("Unknown field: %s.") % ", ".join(sorted(unknown)), field=sorted(unknown)[0])
    bid = bid_for(actor, challenge, changes["bid_id"]) if changes.get("bid_id") else award.bid
    fill_award(
        award,
        challenge,
        bid,
        changes.get("amount", award.amount),
        reason=changes.get("reason", award.reason),
        exception_reason=changes.get("exception_reason", award.exception_reason),
    )
    assert actor.person is not None
    void_signatures(award)
    award.proposed_by, award.proposed_at = actor.person, clock.now()
    award.touch()
    award.save()
    sign(award, actor.person)
    book.record(actor, "edit_award", award, before=before, after=told(award))
    withdraw_notice(challenge, actor, gettext_noop("A proposal changed."))
    ask_second(award)
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
    fix_shares(award)
    challenge = award.challenge
    book.record(actor, "sign_award", award, after=told(award), reason=award.exception_reason)
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
    for kind in ("sign_award", "renew_award"):
        inbox.cancel_tasks(key=f"{kind}:{award.pk}")
    challenge = award.challenge
    withdraw_notice(challenge, actor, gettext_noop("A proposal was voided."))
    left = challenge.awards.filter(state=AwardState.PROPOSED).first()
    if left is not None:
        ask_second(left)
    elif challenge.awards.filter(state=AwardState.SIGNED).exists():
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
def write_feedback(*, actor: Actor, bid_id: UUID, text: str, remarks: Sequence[Mapping[str, Any]] = ()) -> Feedback:
    """Write what a bidder will read with the own marks, and a remark per indicator.

    It is released with the award; where the challenge states a clock, the words may follow until its end or later.
    """
    bid = policy.fetch(actor, "needs.write_feedback", Bid, bid_id)
    challenge = lock_challenge(bid.challenge)
    bid.challenge = challenge
    if challenge.state != ChallengeState.AWARDED or challenge.feedback_days is None:
        under_review(challenge)
    elif Feedback.objects.filter(bid=bid, completed_at__isnull=False).exists():
        raise WrongState(_("The bidder has the whole feedback already; it does not change."), code="feedback_given")
    feedback = _write_feedback(actor, bid, text, remarks)
    complete_feedback(feedback)
    return feedback


def _write_feedback(actor: Actor, bid: Bid, text: str, remarks: Sequence[Mapping[str, Any]] = ()) -> Feedback:
    feedback = write_words(bid, actor.person, text, remarks)
    book.record(actor, "write_feedback", feedback)
    return feedback


def _conclude(challenge: Challenge) -> None:
    """The challenge is awarded: bids settled, feedback released, followers told."""
    challenge.state = CHALLENGE.after(challenge.state, "award_challenge")
    challenge.touch()
    challenge.save(update_fields=["state", "version", "updated_at"])
    settle_bids(challenge)
    inbox.cancel_tasks(obj=challenge)
    release_feedback(challenge)
    tell_watchers(
        challenge,
        kind="challenge_awarded",
        title=gettext_noop("%(challenge)s is awarded"),
        key=f"challenge_awarded:{challenge.pk}",
    )
    index_challenge(challenge)


def _award(actor: Actor, rule: str, award_id: UUID) -> Award:
    """The award, locked after its challenge."""
    seen = policy.fetch(actor, rule, Award, award_id)
    challenge = lock_challenge(seen.challenge)
    award = policy.fetch_for_update(actor, rule, Award, seen.pk)
    award.challenge = challenge
    return award
