"""Who proposes a joint way to those who research the same, and who answers (R106)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import chains_led_by
from core.access import policy
from core.access.predicates import is_verified_member
from core.accounts.actor import Actor
from needs.models.duplicate import JointProposal, SimilarPair
from needs.queries.duplicate import pairs_visible_to, proposals_visible_to


def _signs(actor: Actor) -> bool:
    return actor.person is not None and is_verified_member(actor) and actor.has_role("signatory")


def leads_one_of(actor: Actor, chain_ids: Any) -> bool:
    """Whether the acting organisation leads one of the chains."""
    return chains_led_by(actor.organisation).filter(pk__in=list(chain_ids)).exists()


def proposes_joint(actor: Actor, pair: Any) -> bool:
    """A signatory of one of the two owners, or of the leader of one of their chains, as a person."""
    if not _signs(actor):
        return False
    owners = (pair.one_owner_id, pair.other_owner_id)
    return any(actor.belongs_to(one) for one in owners) or leads_one_of(actor, pair.chains)


def answers_joint(actor: Actor, proposal: Any) -> bool:
    """A signatory of a party of the proposal, as a person: it binds the party."""
    return _signs(actor) and proposal.parties.filter(organisation=actor.organisation_id).exists()


def made_joint(actor: Actor, proposal: Any) -> bool:
    """A member of the organisation that proposed it."""
    return is_verified_member(actor) and actor.belongs_to(proposal.proposer_id)


def carries_out_joint(actor: Actor, proposal: Any) -> bool:
    """A signatory of the proposer or of a party."""
    return _signs(actor) and (made_joint(actor, proposal) or answers_joint(actor, proposal))


def leads_chain(actor: Actor, chain_id: Any) -> bool:
    """A member of the organisation that leads the chain."""
    return leads_one_of(actor, [chain_id])


policy.register(
    {
        "needs.lead_chain": leads_chain,
        "needs.propose_joint": proposes_joint,
        "needs.agree_joint": answers_joint,
        "needs.decline_joint": answers_joint,
        "needs.withdraw_joint": made_joint,
        "needs.carry_out_joint": carries_out_joint,
    },
    told={
        "needs.propose_joint": _("Only a signatory of an owner, or of the chain's leader, proposes."),
        "needs.agree_joint": _("Only a signatory of a party agrees."),
        "needs.decline_joint": _("Only a signatory of a party declines."),
        "needs.withdraw_joint": _("Only the side that proposed it takes it back."),
        "needs.carry_out_joint": _("Only a signatory of the proposer or of a party says what was done."),
    },
    begins=[
        "needs.propose_joint",
        "needs.lead_chain",
        "needs.agree_joint",
    ],
)
policy.visible(SimilarPair, "needs.view_similar_pair", pairs_visible_to)
policy.visible(JointProposal, "needs.view_joint_proposal", proposals_visible_to)
