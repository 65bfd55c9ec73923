"""Dismissing an opportunity with the reason (R122)."""

from __future__ import annotations

from uuid import UUID

from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from needs.models.matching import Dismissal
from needs.models.opportunity import Opportunity
from needs.services.matching import dismiss


@command
def dismiss_opportunity(*, actor: Actor, opportunity_id: UUID, reason: str) -> Dismissal:
    """Do not propose it to one's organisation again, whatever later runs find; the need's matches leave it out as well."""
    row = policy.fetch(actor, "needs.dismiss_opportunity", Opportunity, opportunity_id)
    dismissal, fresh = dismiss(actor, row.need, row.found._meta.label_lower, row.found.pk, reason)
    if fresh:
        book.record(actor, "dismiss_opportunity", dismissal, reason=reason, after={"opportunity": str(row)})
    return dismissal
