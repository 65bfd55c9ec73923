"""Reads of contracts made of awards: for their two sides and for nobody else."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from needs.models.award import Award
from needs.models.contract import Contract, ContractSignature
from needs.queries.bid import bids_visible_to
from needs.queries.review import awards_visible_to


def contracts_visible_to(actor: Actor) -> QuerySet[Contract]:
    """The contracts of the acting organisation, as the one who commissions or the one who develops (R016)."""
    if actor.is_system:
        return Contract.objects.all()
    if actor.organisation_id is None:
        return Contract.objects.none()
    return Contract.objects.filter(Q(client_id=actor.organisation_id) | Q(developer_id=actor.organisation_id))


def promised_awards(actor: Actor) -> QuerySet[Award]:
    """The awards whose bid the actor may read: only there the promises may be printed."""
    return awards_visible_to(actor).filter(bid__in=bids_visible_to(actor).values("pk"))


def standing_signatures(contract: Contract) -> list[ContractSignature]:
    """The signatures under the words as they are now."""
    rows = contract.signatures.filter(voided_at__isnull=True)
    return list(rows.select_related("organisation", "person"))
