"""Who drafts, changes, signs and reads a contract made of an award."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import member_of, role_in
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.award import Award
from needs.models.contract import Contract
from needs.queries.contract import contracts_visible_to
from needs.rules.challenge import signs_for_issuer


def drafts_contract(actor: Actor, award: Any) -> bool:
    """A signatory or admin of the challenge's issuer."""
    return isinstance(award, Award) and signs_for_issuer(actor, award.challenge)


def is_side(actor: Actor, contract: Any) -> bool:
    """A member of one of the two sides, as a person."""
    return (
        isinstance(contract, Contract)
        and actor.person is not None
        and (member_of(actor, contract.client) or member_of(actor, contract.developer))
    )


def signs_contract(actor: Actor, contract: Any) -> bool:
    """A signatory of one of the two sides, as a person."""
    return (
        isinstance(contract, Contract)
        and actor.person is not None
        and any(role_in(actor, side, Role.SIGNATORY) for side in (contract.client, contract.developer))
    )


policy.register(
    {
        "needs.draft_contract": drafts_contract,
        "needs.edit_contract": is_side,
        "needs.sign_contract": signs_contract,
    },
    told={
        "needs.draft_contract": _("A signatory or admin of the issuer drafts the contract of an award."),
        "needs.sign_contract": _("A signatory of the commissioning or of the developing party signs the contract."),
    },
    fresh=["needs.sign_contract"],
    begins=[
        "needs.draft_contract",
    ],
)
policy.visible(Contract, "needs.view_contract", contracts_visible_to)
