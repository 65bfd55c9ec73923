"""Writes on a panel's consensus that ask no permission, and what follows when the order of the bids moves."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.actor import Actor
from core.inbox import services as inbox
from needs.models.award import Award
from needs.models.challenge import Challenge
from needs.models.consensus import Consensus
from needs.queries.review import standing
from needs.services.notice import withdraw_notice
from needs.states.award import AwardState


def order_of(challenge: Challenge) -> list[dict[str, Any]]:
    """The order as an award keeps it and a signature stands under it."""
    return [
        {
            "bid": str(one.bid_id),
            "rank": one.rank,
            "total": str(one.total) if one.total is not None else None,
            "below": len(one.below),
        }
        for one in standing(challenge)
    ]


def panel_changed(challenge: Challenge, actor: Actor) -> None:
    """Who agreed is no longer the panel: what it agreed on counts no more, and stays readable."""
    gone = Consensus.objects.filter(bid__challenge=challenge, superseded_at__isnull=True)
    if gone.update(superseded_at=clock.now()):
        book.record(actor, "lapse_consensus", challenge)
    order_moved(challenge, actor)


def order_moved(challenge: Challenge, actor: Actor) -> int:
    """Void the signatures under proposals whose order of bids is another now; returns how many proposals that were."""
    proposals = list(
        Award.objects.select_for_update(of=("self",)).filter(challenge=challenge, state=AwardState.PROPOSED)
    )
    if not proposals:
        return 0
    now, count = order_of(challenge), 0
    for award in proposals:
        if award.ranking == now or not award.signatures.filter(voided_at__isnull=True).exists():
            continue
        award.signatures.filter(voided_at__isnull=True).update(voided_at=clock.now())
        award.touch()
        award.save(update_fields=["version", "updated_at"])
        book.record(actor, "void_signatures", award, before={"ranking": award.ranking}, after={"ranking": now})
        inbox.cancel_tasks(key=f"sign_award:{award.pk}")
        inbox.open_task(
            kind="renew_award",
            title=gettext_noop("The order of the bids moved: look at the proposal for %(challenge)s again"),
            params={"challenge": str(challenge)},
            why=gettext_noop("Its signatures are void, because they stood under another order."),
            organisation=challenge.issuer,
            role="signatory",
            obj=challenge,
            link=reverse("needs:award", args=[award.pk]),
            key=f"renew_award:{award.pk}",
        )
        count += 1
    if count:
        withdraw_notice(challenge, actor, gettext_noop("The order of the bids moved."))
    return count
