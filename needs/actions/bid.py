"""What a bidder does with a bid, and the issuer's formal check after the opening (R015)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.files import services as files
from core.inbox import services as inbox
from needs.models.bid import Bid, BidFile, BidSubmission
from needs.models.challenge import Challenge
from needs.services.bid import set_budgets, set_commitments, set_machines, snapshot
from needs.services.bid_likeness import compare_bid_soon
from needs.services.challenge import ensure_closed, lock_for_bidding
from needs.services.consensus import order_moved
from needs.services.eligibility import set_declarations
from needs.states.bid import BID, BidState
from needs.states.challenge import JUDGING, ChallengeState

PLAIN = {"team", "plan", "months", "trl_from", "trl_to", "accepts_terms", "contact"}
FILES = 20


@command
def start_bid(*, actor: Actor, challenge_id: UUID) -> Bid:
    """The acting organisation's draft for a challenge; the same one again when it exists."""
    challenge = policy.fetch(actor, "needs.start_bid", Challenge, challenge_id)
    challenge = lock_for_bidding(challenge.pk)
    _still_open(challenge)
    assert actor.organisation is not None
    bid, fresh = Bid.objects.get_or_create(challenge=challenge, bidder=actor.organisation)
    if fresh:
        book.record(actor, "start_bid", bid)
        inbox.open_task(
            kind="finish_bid",
            title=gettext_noop("Finish and submit your bid for %(challenge)s"),
            params={"challenge": str(challenge)},
            why=gettext_noop("Your organisation has begun a bid; drafts are not taken at the deadline."),
            organisation=actor.organisation,
            obj=challenge,
            link=reverse("needs:edit_bid", args=[bid.pk]),
            due_at=challenge.deadline_at,
            key=f"finish_bid:{bid.pk}",
        )
    return bid


@command
def save_bid(*, actor: Actor, bid_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Bid:
    """Save a draft: plain fields, `commitments` and `budgets` by indicator and stage, `machines` as a
    whole list, `declarations` by condition.

    A `version` that is not the present one is refused, so that of two people at one draft nobody overwrites the other.
    """
    bid = _fetch(actor, "needs.save_bid", bid_id)
    _fresh(bid, version)
    if bid.state == BidState.SUBMITTED:
        raise WrongState(
            _("The bid is submitted. Withdraw it to change it, then submit it again before the deadline."),
            code="bid_submitted",
        )
    bid.state = BID.after(bid.state, "save_bid")
    unknown = set(changes) - PLAIN - {"commitments", "budgets", "machines", "declarations"}
    if unknown:
        raise Invalid(_("Unknown field: %s.") % ", ".join(sorted(unknown)), field=sorted(unknown)[0])
    for name in PLAIN & set(changes):
        setattr(bid, name, _checked(name, changes[name]))
    if bid.trl_from and bid.trl_to and bid.trl_to < bid.trl_from:
        raise Invalid(_("The TRL at the end lies below the TRL at the start."), field="trl_to")
    if changes.get("commitments") is not None:
        set_commitments(bid, changes["commitments"])
    if changes.get("budgets") is not None:
        set_budgets(bid, changes["budgets"])
    if changes.get("machines") is not None:
        set_machines(bid, changes["machines"])
    if changes.get("declarations") is not None:
        set_declarations(bid, changes["declarations"])
    bid.touch()
    bid.save()
    book.record(actor, "save_bid", bid, after={"version": bid.version})
    return bid


@command
def add_bid_file(*, actor: Actor, bid_id: UUID, file: UploadedFile[Any], caption: str = "") -> Bid:
    """Add a file to a draft."""
    bid = _fetch(actor, "needs.add_bid_file", bid_id)
    bid.state = BID.after(bid.state, "save_bid")
    if bid.files.count() >= FILES:
        raise Invalid(_("A bid holds at most %d files.") % FILES, field="file")
    stored = files.store(actor, file)
    BidFile.objects.create(bid=bid, file=stored, caption=caption.strip()[:200])
    bid.touch()
    bid.save()
    book.record(actor, "add_bid_file", bid, after={"sha256": stored.sha256})
    return bid


@command
def remove_bid_file(*, actor: Actor, bid_id: UUID, bid_file_id: UUID) -> Bid:
    """Take a file out of a draft."""
    bid = _fetch(actor, "needs.remove_bid_file", bid_id)
    bid.state = BID.after(bid.state, "save_bid")
    bid.files.filter(pk=bid_file_id).delete()
    bid.touch()
    bid.save()
    book.record(actor, "remove_bid_file", bid)
    return bid


@command
def submit_bid(*, actor: Actor, bid_id: UUID, version: int | None = None) -> Bid:
    """Hand the bid in, sealed until the deadline; gives a receipt with the hash of what was handed in.

    The challenge's row is held and the clock read after that: at the deadline's own microsecond it is too late. A
    second submission of what is submitted already, from another tab, changes nothing and gives the same receipt.
    """
    bid = _fetch(actor, "needs.submit_bid", bid_id)
    challenge = bid.challenge
    now = _still_open(challenge)
    if bid.state == BidState.SUBMITTED and (version is None or version in {bid.version, bid.version - 1}):
        return bid
    _fresh(bid, version)
    checks.guard("needs.submit_bid", bid)
    bid.state = BID.after(bid.state, "submit_bid")
    number = bid.submissions.count() + 1
    body, digest = snapshot(bid, number=number, submitted_at=now)
    assert challenge.deadline_at is not None
    BidSubmission.objects.create(
        bid=bid,
        number=number,
        body=body,
        sha256=digest,
        submitted_by=actor.person,
        submitted_at=now,
        deadline_at=challenge.deadline_at,
    )
    bid.submitted_at, bid.submitted_by, bid.receipt_hash = now, actor.person, digest
    bid.touch()
    bid.save()
    book.record(actor, "submit_bid", bid, after={"receipt": digest, "number": number})
    inbox.close_tasks(key=f"finish_bid:{bid.pk}")
    inbox.notify(
        kind="bid_receipt",
        title=gettext_noop("Receipt of your bid for %(challenge)s: %(receipt)s"),
        params={"challenge": str(challenge), "receipt": digest[:16]},
        body=digest,
        to=bid.bidder,
        obj=bid,
        link=reverse("needs:bid", args=[bid.pk]),
        key=f"bid_receipt:{bid.pk}:{number}",
    )
    compare_bid_soon(bid)
    return bid


@command
def withdraw_bid(*, actor: Actor, bid_id: UUID) -> Bid:
    """Take the bid back before the deadline; it may be changed and submitted again until then."""
    bid = _fetch(actor, "needs.withdraw_bid", bid_id)
    bid.state = BID.after(bid.state, "withdraw_bid")
    bid.touch()
    bid.save()
    book.record(actor, "withdraw_bid", bid)
    challenge = bid.challenge
    inbox.open_task(
        kind="finish_bid",
        title=gettext_noop("Finish and submit your bid for %(challenge)s"),
        params={"challenge": str(challenge)},
        why=gettext_noop("Your organisation withdrew its bid; a withdrawn bid is not taken at the deadline."),
        organisation=bid.bidder,
        obj=challenge,
        link=reverse("needs:edit_bid", args=[bid.pk]),
        due_at=challenge.deadline_at,
        key=f"finish_bid:{bid.pk}",
    )
    return bid


@command
def admit_bid(*, actor: Actor, bid_id: UUID) -> Bid:
    """Say after the opening that a bid fulfils the conditions of taking part."""
    bid = after_opening(actor, "needs.admit_bid", bid_id)
    checks.guard("needs.admit_bid", bid)
    bid.state, bid.exclusion_reason = BID.after(bid.state, "admit_bid"), ""
    bid.touch()
    bid.save()
    book.record(actor, "admit_bid", bid)
    order_moved(bid.challenge, actor)
    return bid


@command
def exclude_bid(*, actor: Actor, bid_id: UUID, reason: str) -> Bid:
    """Say after the opening, with the reason, that a bid does not fulfil the conditions; its bidder is told."""
    bid = after_opening(actor, "needs.exclude_bid", bid_id)
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    bid.state, bid.exclusion_reason = BID.after(bid.state, "exclude_bid"), reason.strip()
    bid.touch()
    bid.save()
    book.record(actor, "exclude_bid", bid, reason=reason.strip())
    order_moved(bid.challenge, actor)
    inbox.notify(
        kind="bid_excluded",
        title=gettext_noop("Your bid for %(challenge)s was not admitted"),
        params={"challenge": str(bid.challenge)},
        body=reason.strip(),
        to=bid.bidder,
        obj=bid,
        link=reverse("needs:bid", args=[bid.pk]),
        key=f"bid_excluded:{bid.pk}:{bid.version}",
    )
    return bid


def _fetch(actor: Actor, rule: str, bid_id: UUID) -> Bid:
    """The bid, locked after its challenge (always in this order), while the challenge still takes bids."""
    seen = policy.fetch(actor, rule, Bid, bid_id)
    challenge = lock_for_bidding(seen.challenge_id)
    bid = policy.fetch_for_update(actor, rule, Bid, seen.pk)
    bid.challenge = challenge
    _still_open(challenge)
    return bid


def after_opening(actor: Actor, rule: str, bid_id: UUID) -> Bid:
    """An opened bid, locked after its challenge, while it is under review and no award to it is proposed."""
    seen = policy.fetch(actor, rule, Bid, bid_id)
    challenge = Challenge.objects.select_for_update(of=("self",)).select_related("need").get(pk=seen.challenge_id)
    bid = policy.fetch_for_update(actor, rule, Bid, seen.pk)
    bid.challenge = challenge
    ensure_closed(challenge)
    if challenge.state not in JUDGING:
        raise WrongState(_("The bids of this challenge are not under review."), code="not_under_review")
    if challenge.awards.filter(state="proposed", bid=bid).exists():
        raise WrongState(_("An award to this bid is proposed; void the proposal first."), code="award_proposed")
    return bid


def _still_open(challenge: Challenge) -> dt.datetime:
    """The moment at which the challenge was seen to take bids still; raises WrongState otherwise."""
    now = clock.now()
    is_late = challenge.deadline_at is not None and challenge.deadline_at <= now
    if challenge.state == ChallengeState.PUBLISHED and not is_late:
        return now
    if is_late:
        raise WrongState(
            _("The deadline %(deadline)s (%(zone)s) has passed; bids are no longer taken, changed or withdrawn.")
            % {"deadline": f"{challenge.deadline_local:%Y-%m-%d %H:%M:%S}", "zone": challenge.deadline_zone},
            code="deadline_passed",
        )
    raise WrongState(_("This challenge takes no bids."), code="not_open")


def _fresh(bid: Bid, version: int | None) -> None:
    if version is not None and version != bid.version:
        raise Stale(_("Somebody else of your organisation changed this bid meanwhile; compare and save again."))


def _checked(name: str, value: Any) -> Any:
    if name == "months" and value is not None and not 1 <= value <= 600:
        raise Invalid(_("Give a duration of 1 to 600 months."), field=name)
    if name in {"trl_from", "trl_to"} and value is not None and not 1 <= value <= 9:
        raise Invalid(_("A TRL lies between 1 and 9."), field=name)
    if name == "contact":
        return str(value or "").strip()[:120]
    return value.strip() if isinstance(value, str) else value
