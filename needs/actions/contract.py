"""The contract of an award: drafted, changed by both sides, signed by both (R016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Missing, Stale, WrongState
from core.inbox import services as inbox
from needs.models.award import Award
from needs.models.contract import Contract
from needs.queries.contract import standing_signatures
from needs.services import contract as services
from needs.services.challenge import challenge_link
from needs.services.proposal import lock_challenge
from needs.states.award import AwardState
from needs.states.contract import CONTRACT, ContractState


@command
def draft_contract(*, actor: Actor, award_id: UUID) -> Contract:
    """Draft the contract of a signed award; what the award, the challenge and the bid say is filled in."""
    award = policy.fetch(actor, "needs.draft_contract", Award, award_id)
    award.challenge = lock_challenge(award.challenge)
    made = Contract.objects.filter(award=award).first()
    if made is not None:
        raise WrongState(
            _("The contract of this award is drafted already: %(code)s.") % {"code": made.code}, code="contract_exists"
        )
    if award.state != AwardState.SIGNED:
        words = _("The award has not got its second signature.")
        who = _("A signatory of %(issuer)s") % {"issuer": award.challenge.issuer}
        raise WrongState(
            _("Only a signed award becomes a contract."),
            code="award_not_signed",
            missing=[Missing(words, who, challenge_link(award.challenge) + "?tab=award")],
        )
    contract = Contract.objects.create(
        code=services.next_number(award),
        award=award,
        client=award.challenge.issuer,
        developer=award.bid.bidder,
        amount=award.amount,
        drafted_by=actor.person,
        **services.first_words(award),
    )
    book.record(actor, "draft_contract", contract, after={"award": str(award.pk), "amount": str(award.amount)})
    for side in (contract.client, contract.developer):
        services.ask_side(contract, side)
    services.tell_sides(
        contract, "contract_drafted", gettext_noop("The contract of %(challenge)s is drafted"), contract.developer
    )
    return contract


@command
def edit_contract(
    *, actor: Actor, contract_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Contract:
    """Change articles, by either side until both have signed; every signature under the former words is void."""
    contract = policy.fetch_for_update(actor, "needs.edit_contract", Contract, contract_id)
    contract.state = CONTRACT.after(contract.state, "edit_contract")
    _still(contract, version, _("Somebody changed this contract meanwhile; compare and save again."))
    before = {name: getattr(contract, name) for name in services.EDITABLE if name in changes}
    if not services.write_clauses(contract, changes):
        return contract
    contract.touch()
    contract.save()
    changed = {name: old for name, old in before.items() if old != getattr(contract, name)}
    voided = services.void_contract_signatures(contract)
    book.record(
        actor,
        "edit_contract",
        contract,
        before=changed,
        after={name: getattr(contract, name) for name in changed} | ({"signatures_voided": voided} if voided else {}),
    )
    for side in (contract.client, contract.developer):
        services.ask_side(contract, side)
    other = contract.developer if actor.organisation_id == contract.client_id else contract.client
    services.tell_sides(contract, "contract_changed", gettext_noop("The contract of %(challenge)s changed"), other)
    return contract


@command
def sign_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> Contract:
    """Sign for one's side; with the second side's signature under the same words the contract is concluded."""
    contract = policy.fetch_for_update(actor, "needs.sign_contract", Contract, contract_id)
    contract.state = CONTRACT.after(contract.state, "sign_contract")
    _still(contract, version, _("The contract changed since you read it; read it again before you sign."))
    assert actor.person is not None and actor.organisation is not None
    given = standing_signatures(contract)
    if any(one.organisation_id == actor.organisation_id for one in given):
        raise WrongState(_("Your side has signed these words already."), code="side_signed")
    if any(one.person_id == actor.person.pk for one in given):
        raise WrongState(_("You signed for the other side; another person signs for this one."), code="same_person")
    checks.guard("needs.sign_contract", contract)
    signature = services.sign_words(contract, actor.organisation, actor.person)
    book.record(actor, "sign_contract", contract, after={"content_hash": signature.content_hash})
    inbox.close_tasks(key=services.signature_key(contract, actor.organisation))
    if given:
        _conclude(contract, signature.content_hash, actor)
    return contract


def _conclude(contract: Contract, content_hash: str, actor: Actor) -> None:
    """Both sides have signed the same words."""
    contract.state = CONTRACT.after(ContractState(contract.state), "conclude_contract")
    contract.signed_at = clock.now()
    contract.save(update_fields=["state", "signed_at", "updated_at"])
    book.record(actor, "conclude_contract", contract, after={"content_hash": content_hash})
    services.tell_sides(
        contract,
        "contract_signed",
        gettext_noop("Both sides signed the contract of %(challenge)s"),
        contract.client,
        contract.developer,
    )


def _still(contract: Contract, version: int | None, words: str) -> None:
    if version is not None and version != contract.version:
        raise Stale(words)
