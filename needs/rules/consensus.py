"""Who records what a panel agreed on, and who disagrees."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from needs.models.bid import Bid
from needs.models.consensus import Consensus
from needs.queries.review import consensus_visible_to
from needs.rules.review import judges


def chairs_panel(actor: Actor, bid: Any) -> bool:
    """The cleared chair of the panel that judges the bid."""
    return (
        isinstance(bid, Bid)
        and judges(actor, bid)
        and bid.challenge.panel.filter(person=actor.person, is_chair=True).exists()
    )


def sits_on_panel(actor: Actor, consensus: Any) -> bool:
    """A cleared member of the panel that agreed."""
    return isinstance(consensus, Consensus) and judges(actor, consensus.bid)


policy.register(
    {"needs.record_consensus": chairs_panel, "needs.record_dissent": sits_on_panel},
    told={
        "needs.record_consensus": _("Only the chair of the panel records what it agreed on."),
        "needs.record_dissent": _("Only members of the panel record their dissent."),
    },
)
policy.visible(Consensus, "needs.view_consensus", consensus_visible_to)
