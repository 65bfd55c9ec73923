"""Who may draft, check, publish and change challenges."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_signed_in, member_of, role_in
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.challenge import Addendum, Challenge
from needs.models.need import Need
from needs.queries.challenge import addenda_visible_to, challenges_visible_to


def hosts_need(actor: Actor, need: Any) -> bool:
    """A member of the need's owner, or of the leader of its chain."""
    if not isinstance(need, Need) or actor.organisation is None or not actor.organisation.is_verified:
        return False
    return member_of(actor, need.owner) or is_leader(actor, need.chain_id)


def is_issuer(actor: Actor, challenge: Any) -> bool:
    """A member of the issuer."""
    return isinstance(challenge, Challenge) and member_of(actor, challenge.issuer)


def signs_for_issuer(actor: Actor, challenge: Any) -> bool:
    """A person who is a signatory or an admin of the issuer."""
    return (
        isinstance(challenge, Challenge)
        and actor.person is not None
        and role_in(actor, challenge.issuer, Role.SIGNATORY, Role.ADMIN)
    )


def is_second_person(actor: Actor, challenge: Any) -> bool:
    """A signatory or admin of the issuer who neither drafted the challenge nor was the last to edit it."""
    return signs_for_issuer(actor, challenge) and actor.id not in {challenge.drafted_by_id, challenge.edited_by_id}


policy.register(
    {
        "needs.draft_challenge": hosts_need,
        "needs.edit_challenge": is_issuer,
        "needs.submit_for_check": is_issuer,
        "needs.return_challenge": signs_for_issuer,
        "needs.publish_challenge": is_second_person,
        "needs.issue_addendum": signs_for_issuer,
        "needs.cancel_challenge": signs_for_issuer,
        "needs.show_challenge": signs_for_issuer,
        "needs.follow_challenge": is_signed_in,
    },
    told={
        "needs.draft_challenge": _("Only the need's owner or the chain's leader makes a challenge of it."),
        "needs.publish_challenge": _(
            "A second person publishes: a signatory or admin of the issuer who neither drafted nor last edited the challenge."
        ),
        "needs.issue_addendum": _("Only a signatory or admin of the issuer issues an addendum."),
        "needs.cancel_challenge": _("Only a signatory or admin of the issuer cancels a challenge."),
    },
    begins=[
        "needs.draft_challenge",
        "needs.publish_challenge",
    ],
)
policy.visible(Challenge, "needs.view_challenge", challenges_visible_to)
policy.visible(Addendum, "needs.view_addendum", addenda_visible_to)
