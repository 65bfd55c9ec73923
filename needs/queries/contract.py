"""Reads of contracts made of awards: for their two sides; concluded ones also for whoever oversees staged money."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.award import Award
from needs.models.contract import Contract, ContractSignature
from needs.queries.bid import bids_visible_to, no_seat_with_a_bidder
from needs.queries.review import awards_visible_to
from needs.states.contract import ContractState


def contracts_visible_to(actor: Actor) -> QuerySet[Contract]:
    """The contracts of the acting organisation, as the one who commissions or the one who develops (R016).

    Concluded ones are read by the operator's admins and stage-fund approvers as well, for money is released under them;
    not by one whose other organisation bid against the developing party. A draft is between its two sides alone.
    """
    if actor.is_system:
        return Contract.objects.all()
    seen = Q(pk__in=[])
    if actor.organisation_id is not None:
        seen |= Q(client_id=actor.organisation_id) | Q(developer_id=actor.organisation_id)
    if oversees_contracts(actor):
        seen |= Q(state=ContractState.SIGNED) & no_seat_with_a_bidder(actor, "award__challenge")
    return Contract.objects.filter(seen)


def oversees_contracts(actor: Actor) -> bool:
    """An admin or a stage-fund approver of the operator, as a person."""
    return actor.person is not None and actor.is_operator and bool({Role.ADMIN, Role.APPROVER} & set(actor.roles))


def contracts_counted_for(actor: Actor) -> QuerySet[Contract]:
    """Concluded contracts of which the actor may know that they are and since when, as they know the award: to count, never to read."""
    known = Q(pk__in=contracts_visible_to(actor).values("pk")) | Q(award__in=awards_visible_to(actor).values("pk"))
    return Contract.objects.filter(known, state=ContractState.SIGNED)


def promised_awards(actor: Actor) -> QuerySet[Award]:
    """The awards whose bid the actor may read: only there the promises may be printed."""
    return awards_visible_to(actor).filter(bid__in=bids_visible_to(actor).values("pk"))


def standing_signatures(contract: Contract) -> list[ContractSignature]:
    """The signatures under the words as they are now."""
    rows = contract.signatures.filter(voided_at__isnull=True)
    return list(rows.select_related("organisation", "person"))
