"""Who proposes a match of a need with an organisation, and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member
from core.accounts.actor import Actor
from needs.models.pairing import Pairing
from needs.queries.pairing import pairings_visible_to


def is_other_side(actor: Actor, row: Any) -> bool:
    """A member of the side that was asked."""
    asked = row.organisation_id if row.proposed_for_id == row.need.owner_id else row.need.owner_id
    return is_verified_member(actor) and actor.belongs_to(asked)


def is_either_side(actor: Actor, row: Any) -> bool:
    """A member of either side."""
    sides = (row.organisation_id, row.need.owner_id)
    return is_verified_member(actor) and any(actor.belongs_to(one) for one in sides)


policy.register(
    {
        "needs.propose_pairing": is_verified_member,
        "needs.accept_pairing": is_other_side,
        "needs.decline_pairing": is_either_side,
    },
    told={"needs.accept_pairing": _("Only the side that was asked accepts.")},
    begins=[
        "needs.propose_pairing",
        "needs.accept_pairing",
    ],
)
policy.visible(Pairing, "needs.view_pairing", pairings_visible_to)
