"""Who may do what with resources on offer and with flows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member, role_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from needs.models.offer import Flow, Offer
from needs.queries.offer import flows_visible_to, offers_visible_to


def offers_for(actor: Actor, organisation: Any) -> bool:
    """A member of a verified organisation."""
    return isinstance(organisation, Organisation) and role_in(actor, organisation, "member")


def owns_offer(actor: Actor, row: Any) -> bool:
    """A member of the owner, while it is verified."""
    return is_verified_member(actor) and actor.belongs_to(row.owner_id)


def answers_flow(actor: Actor, flow: Any) -> bool:
    """A signatory of the side that was asked, as a person: joining the two binds both."""
    asked = flow.taker_id if flow.proposed_for_id == flow.giver_id else flow.giver_id
    return (
        actor.person is not None
        and is_verified_member(actor)
        and actor.belongs_to(asked)
        and actor.has_role("signatory")
    )


def proposed_flow(actor: Actor, flow: Any) -> bool:
    """A member of the side that proposed it."""
    return is_verified_member(actor) and actor.belongs_to(flow.proposed_for_id)


policy.register(
    {
        "needs.post_offer": offers_for,
        "needs.edit_offer": owns_offer,
        "needs.withdraw_offer": owns_offer,
        "needs.propose_flow": owns_offer,
        "needs.accept_flow": answers_flow,
        "needs.decline_flow": answers_flow,
        "needs.withdraw_flow": proposed_flow,
    },
    told={
        "needs.post_offer": _(
            "Only members of a verified organisation offer and ask; the platform's operator verifies it."
        ),
        "needs.propose_flow": _("Propose from your own offer or request."),
        "needs.accept_flow": _("Only a signatory of the side that was asked accepts."),
        "needs.decline_flow": _("Only a signatory of the side that was asked declines."),
        "needs.withdraw_flow": _("Only the side that proposed it takes it back."),
    },
    begins=[
        "needs.post_offer",
        "needs.propose_flow",
        "needs.accept_flow",
    ],
)
policy.visible(Offer, "needs.view_offer", offers_visible_to)
policy.visible(Flow, "needs.view_flow", flows_visible_to)
