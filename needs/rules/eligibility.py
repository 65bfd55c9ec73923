"""Who checks a bid's form, who asks for a paper, and who hands it in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from needs.models.eligibility import SupplementFile, SupplementRequest
from needs.queries.eligibility import supplement_files_visible_to, supplements_visible_to
from needs.rules.bid import admits_bids, is_bidder, signs_for_bidder


def asks_supplement(actor: Actor, supplement: Any) -> bool:
    """A person who signs for the issuer."""
    return isinstance(supplement, SupplementRequest) and admits_bids(actor, supplement.bid)


def adds_papers(actor: Actor, supplement: Any) -> bool:
    """A member of the bidder."""
    return isinstance(supplement, SupplementRequest) and is_bidder(actor, supplement.bid)


def gives_supplement(actor: Actor, supplement: Any) -> bool:
    """A signatory or admin of the bidder."""
    return isinstance(supplement, SupplementRequest) and signs_for_bidder(actor, supplement.bid)


policy.register(
    {
        "needs.check_eligibility": admits_bids,
        "needs.ask_supplement": admits_bids,
        "needs.withdraw_supplement": asks_supplement,
        "needs.add_supplement_file": adds_papers,
        "needs.give_supplement": gives_supplement,
    },
    told={
        "needs.check_eligibility": _("Only a signatory or admin of the issuer records the formal check."),
        "needs.ask_supplement": _("Only a signatory or admin of the issuer asks for a paper."),
        "needs.give_supplement": _("Only a signatory or admin of the bidder hands a paper in."),
    },
)
policy.visible(SupplementRequest, "needs.view_supplement", supplements_visible_to)
policy.visible(SupplementFile, "needs.view_supplement_file", supplement_files_visible_to)
