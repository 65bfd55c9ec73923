"""Who proposes to merge needs, and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member
from core.accounts.actor import Actor
from needs.models.merge import NeedMerge
from needs.queries.merge import merges_visible_to, owners_of
from needs.rules.need import signs_for_owner


def answers_merge(actor: Actor, merge: Any) -> bool:
    """A signatory of the owner that was asked, as a person."""
    own = any(actor.belongs_to(one) for one in owners_of(merge)) and not actor.belongs_to(merge.proposer_id)
    return actor.person is not None and own and is_verified_member(actor) and actor.has_role("signatory")


def proposed_merge(actor: Actor, merge: Any) -> bool:
    """A signatory of the organisation that proposed."""
    own = actor.belongs_to(merge.proposer_id)
    return actor.person is not None and own and is_verified_member(actor) and actor.has_role("signatory")


policy.register(
    {
        "needs.propose_merge": signs_for_owner,
        "needs.agree_merge": answers_merge,
        "needs.decline_merge": answers_merge,
        "needs.withdraw_merge": proposed_merge,
    },
    told={
        "needs.propose_merge": _("Only a signatory of the need's owner merges it."),
        "needs.decline_merge": _("Only a signatory of the owner that was asked answers."),
        "needs.agree_merge": _("Only a signatory of the owner that was asked answers."),
    },
    begins=[
        "needs.propose_merge",
    ],
)
policy.visible(NeedMerge, "needs.view_merge", merges_visible_to)
