"""Reads about chains."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from chains.models import Chain, ChainNode, LeaderDesignation, Machine, TermLink
from core.accounts.actor import Actor
from core.accounts.models import Organisation


def chains_visible_to(actor: Actor) -> QuerySet[Chain]:
    """The map is shared: everyone signed in sees all chains."""
    return Chain.objects.all() if actor.is_signed_in else Chain.objects.none()


def chains_named(actor: Actor) -> list[tuple[UUID, str]]:
    """Id and name of the chains the actor sees, by name."""
    return [(row.pk, str(row)) for row in chains_visible_to(actor).order_by("name")]


def nodes_visible_to(actor: Actor) -> QuerySet[ChainNode]:
    return ChainNode.objects.all() if actor.is_signed_in else ChainNode.objects.none()


def machines_visible_to(actor: Actor) -> QuerySet[Machine]:
    return Machine.objects.all() if actor.is_signed_in else Machine.objects.none()


def term_links_visible_to(actor: Actor) -> QuerySet[TermLink]:
    """What chains call the same thing, for everyone signed in."""
    return TermLink.objects.all() if actor.is_signed_in else TermLink.objects.none()


def term_links_of(actor: Actor, chain: Chain | UUID) -> QuerySet[TermLink]:
    """The links of a chain, from whichever side they were written."""
    return term_links_visible_to(actor).filter(Q(chain=chain) | Q(other_chain=chain))


def chain_names() -> dict[str, str]:
    """The names of all chains by id, in the reader's language."""
    return {str(row.pk): str(row) for row in Chain.objects.all()}


def leader_of(chain: Chain | UUID) -> Organisation | None:
    """The present leader of the chain."""
    chain_id = chain.pk if isinstance(chain, Chain) else chain
    row = LeaderDesignation.objects.filter(chain_id=chain_id, until__isnull=True).select_related("organisation").first()
    return row.organisation if row else None


def is_leader(actor: Actor, chain: Chain | UUID) -> bool:
    """Whether the acting organisation leads the chain now."""
    chain_id = chain.pk if isinstance(chain, Chain) else chain
    return (
        actor.organisation_id is not None
        and LeaderDesignation.objects.filter(
            chain_id=chain_id, organisation_id=actor.organisation_id, until__isnull=True
        ).exists()
    )


def chains_led_by(organisation: Organisation | UUID | None) -> QuerySet[Chain]:
    """The chains that the organisation leads now."""
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    if organisation_id is None:
        return Chain.objects.none()
    return Chain.objects.filter(designations__organisation_id=organisation_id, designations__until__isnull=True)


def with_counts(chains: QuerySet[Chain]) -> QuerySet[Chain]:
    """Chains with the number of their nodes."""
    return chains.annotate(node_count=Count("nodes", distinct=True))
