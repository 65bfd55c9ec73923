"""Who may draw the chain map and name its leaders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chains.models import Chain, ChainNode, Machine, TermLink
from chains.queries import chains_visible_to, is_leader, machines_visible_to, nodes_visible_to, term_links_visible_to
from core.access import policy
from core.access.predicates import is_platform_admin, is_verified_member
from core.accounts.actor import Actor


def may_draw(actor: Actor, chain: Any) -> bool:
    """The platform's admins, and the chain's leader."""
    return is_platform_admin(actor) or (
        isinstance(chain, Chain) and is_leader(actor, chain) and actor.has_role("admin")
    )


def may_draw_by_id(actor: Actor, chain_id: UUID) -> bool:
    """Whether an admin of the chain's present leader acts."""
    return is_leader(actor, chain_id) and actor.has_role("admin")


def links_terms(actor: Actor, link: Any) -> bool:
    """The platform's admins, and the leader of either chain."""
    return may_draw(actor, link.chain) or may_draw(actor, link.other_chain)


def joins_own_organisation(actor: Actor, obj: Any) -> bool:
    return (is_verified_member(actor) and actor.has_role("admin")) or is_platform_admin(actor)


policy.register(
    {
        "chains.create_chain": is_platform_admin,
        "chains.edit_chain": may_draw,
        "chains.add_node": may_draw,
        "chains.designate_leader": is_platform_admin,
        "chains.join_node": joins_own_organisation,
        "chains.add_machine": is_verified_member,
        "chains.link_terms": may_draw,
        "chains.edit_term_link": links_terms,
        "chains.retire_term_link": links_terms,
    }
)
policy.visible(Chain, "chains.view_chain", chains_visible_to)
policy.visible(ChainNode, "chains.view_node", nodes_visible_to)
policy.visible(Machine, "chains.view_machine", machines_visible_to)
policy.visible(TermLink, "chains.view_term_link", term_links_visible_to)
