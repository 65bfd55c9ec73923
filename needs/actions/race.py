"""Parallel racing (赛马): several bids proposed at once, the budget split between them to the fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core import checks, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from needs.models.award import Award
from needs.models.challenge import Challenge
from needs.services.award import split
from needs.services.proposal import bid_for, budget_left, fill_award, lock_challenge, put_forward, under_review
from needs.states.award import LIVE

HUNDRED = Decimal(100)


@command
def propose_race(
    *,
    actor: Actor,
    challenge_id: UUID,
    winners: Sequence[Mapping[str, Any]],
    amount: Decimal | None = None,
    reason: str = "",
    exception_reason: str = "",
) -> list[Award]:
    """Propose several bids of a racing challenge at once: each with its percent of the amount, which is split exactly.

    Without an amount the whole budget that is left is split. Each winner becomes a project of its own; a later gate ends
    the slower ones, and what is held for them is freed.
    """
    challenge = lock_challenge(policy.fetch(actor, "needs.propose_award", Challenge, challenge_id))
    under_review(challenge)
    checks.guard("needs.propose_award", challenge)
    if not challenge.race_mode:
        raise WrongState(_("This challenge awards one bid; racing was not announced."), code="no_race")
    bids = [bid_for(actor, challenge, str(row.get("bid_id")), f"winners.{n}.bid_id") for n, row in enumerate(winners)]
    if len(bids) < 2 or len({one.pk for one in bids}) < len(bids):
        raise Invalid(_("Choose at least two different bids for a race."), field="winners")
    if challenge.awards.filter(state__in=LIVE, bid__in=bids).exists():
        raise WrongState(
            _("An award to one of these bids is proposed already; change or void it."), code="award_exists"
        )
    percents: list[Any] = [row.get("percent") for row in winners]
    if any(not isinstance(one, Decimal) or not one.is_finite() or one <= 0 for one in percents):
        raise Invalid(_("Every winner has a share above zero."), field="winners")
    if sum(percents, Decimal(0)) != HUNDRED:
        raise Invalid(
            _("The shares sum to %(sum)s percent, not to 100.") % {"sum": sum(percents, Decimal(0))},
            field="winners",
        )
    total = budget_left(challenge) if amount is None else amount
    if not total.is_finite() or not 0 < total <= budget_left(challenge):
        raise Invalid(
            _("The budget leaves %(left)s yuan for this award.") % {"left": f"{budget_left(challenge):,.2f}"},
            field="amount",
        )
    beside = [one.pk for one in bids]
    assert actor.person is not None
    made = []
    for number, (bid, part) in enumerate(zip(bids, split(total, percents), strict=True)):
        award = Award(challenge=challenge, proposed_by=actor.person, proposed_at=clock.now())
        fill_award(
            award,
            challenge,
            bid,
            part,
            reason=str(winners[number].get("reason") or reason),
            exception_reason=exception_reason,
            beside=beside,
        )
        award.save()
        made.append(award)
    for award in made:
        put_forward(actor, award)
    return made
