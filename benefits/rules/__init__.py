"""Who may do what with agreements, settlements and funds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from benefits import queries
from benefits.models import (
    AgreementVersion,
    Claim,
    ClaimEvidence,
    Dispute,
    FundCallLine,
    FundParty,
    Income,
    RiskFund,
    Settlement,
    ShareAgreement,
    Statement,
    Tranche,
)
from benefits.states import PartyState
from core.access import policy
from core.access.predicates import is_verified_member, role_in
from core.accounts.actor import Actor


def is_party(actor: Actor, agreement: Any) -> bool:
    return is_verified_member(actor) and agreement.parties.filter(organisation=actor.organisation).exists()


def party_signatory(actor: Actor, agreement: Any) -> bool:
    """A signatory of a party, as a person."""
    return actor.person is not None and actor.has_role("signatory") and is_party(actor, agreement)


def party_finance(actor: Actor, agreement: Any) -> bool:
    """Whoever keeps a party's money; a machine client with that role may record and settle as well."""
    return actor.has_role("finance") and is_party(actor, agreement)


def pays_out(actor: Actor, statement: Any) -> bool:
    """The finance of a party, but not the payee's own, unless the income came in with the payee."""
    income = statement.settlement.income
    if actor.belongs_to(statement.organisation_id) and not actor.belongs_to(income.organisation_id):
        return False
    return party_finance(actor, income.agreement)


def payee_finance(actor: Actor, statement: Any) -> bool:
    """Only the payee says that the money has come."""
    return role_in(actor, statement.organisation, "finance")


def manages(actor: Actor, fund: Any) -> bool:
    """A signatory of the fund's manager, as a person."""
    return actor.person is not None and role_in(actor, fund.manager, "signatory")


def answers_fund(actor: Actor, party: Any) -> bool:
    """A signatory of the party that is asked, as a person."""
    return actor.person is not None and role_in(actor, party.organisation, "signatory")


def keeps_fund(actor: Actor, fund: Any) -> bool:
    return role_in(actor, fund.manager, "finance")


def claims(actor: Actor, fund: Any) -> bool:
    """A member of a party that has agreed to the fund."""
    agreed = fund.parties.filter(organisation=actor.organisation, state=PartyState.AGREED)
    return is_verified_member(actor) and agreed.exists()


def own_claim(actor: Actor, claim: Any) -> bool:
    return role_in(actor, claim.claimant, "member")


def reviews_claim(actor: Actor, claim: Any) -> bool:
    """A signatory of the manager; nobody decides on a claim of the own organisation, nor of one they belong to."""
    if actor.person is None or not manages(actor, claim.fund) or actor.belongs_to(claim.claimant_id):
        return False
    return not actor.person.memberships.filter(organisation_id=claim.claimant_id, is_active=True).exists()


policy.register(
    {
        "benefits.propose_version": lambda actor, agreement: party_signatory(actor, agreement),
        "benefits.sign_agreement": lambda actor, version: party_signatory(actor, version.agreement),
        "benefits.record_income": party_finance,
        "benefits.settle_income": lambda actor, income: party_finance(actor, income.agreement),
        "benefits.instruct_payment": pays_out,
        "benefits.confirm_payment": payee_finance,
        "benefits.reconcile_payment": lambda actor, row: party_finance(actor, row.settlement.income.agreement),
        "benefits.raise_dispute": lambda actor, row: (
            actor.person is not None and is_party(actor, row.settlement.income.agreement)
        ),
        "benefits.close_dispute": lambda actor, row: (
            actor.person is not None and role_in(actor, row.organisation, "member")
        ),
        "benefits.open_fund": lambda actor, organisation: (
            actor.person is not None and role_in(actor, organisation, "signatory")
        ),
        "benefits.agree_to_fund": answers_fund,
        "benefits.refuse_fund": answers_fund,
        "benefits.call_fund": manages,
        "benefits.record_call_payment": lambda actor, line: keeps_fund(actor, line.call.fund),
        "benefits.open_claim": claims,
        "benefits.add_claim_evidence": own_claim,
        "benefits.submit_claim": own_claim,
        "benefits.decide_claim": reviews_claim,
        "benefits.record_continuation": lambda actor, party: (
            manages(actor, party.fund) or role_in(actor, party.organisation, "signatory")
        ),
    },
    told={
        "benefits.sign_agreement": _("Only a signatory of a party signs."),
        "benefits.record_income": _("Only a party's finance records income."),
        "benefits.instruct_payment": _("A party's finance instructs payments, and not the payee's own."),
        "benefits.confirm_payment": _("Only the payee's finance confirms that the money has come."),
        "benefits.raise_dispute": _("Only members of the agreement's parties ask about its amounts."),
        "benefits.close_dispute": _("Only the party that asked closes its question."),
        "benefits.agree_to_fund": _("Only a signatory of the party agrees to a fund."),
        "benefits.refuse_fund": _("Only a signatory of the party refuses a fund."),
        "benefits.record_call_payment": _("Only the finance of the fund's manager records what has come in."),
        "benefits.decide_claim": _(
            "Only a signatory of the fund's manager decides, and never on a claim of the own organisation."
        ),
    },
    fresh=[
        "benefits.sign_agreement",
        "benefits.record_income",
        "benefits.settle_income",
        "benefits.instruct_payment",
        "benefits.confirm_payment",
        "benefits.reconcile_payment",
        "benefits.close_dispute",
        "benefits.open_fund",
        "benefits.agree_to_fund",
        "benefits.call_fund",
        "benefits.record_call_payment",
        "benefits.decide_claim",
        "benefits.record_continuation",
    ],
    begins=[
        "benefits.open_fund",
    ],
)
policy.visible(ShareAgreement, "benefits.view_agreement", queries.agreements_visible_to)
policy.visible(AgreementVersion, "benefits.view_version", queries.versions_visible_to)
policy.visible(Income, "benefits.view_income", queries.incomes_visible_to)
policy.visible(Settlement, "benefits.view_settlement", queries.settlements_visible_to)
policy.visible(Statement, "benefits.view_statement", queries.statements_visible_to)
policy.visible(Dispute, "benefits.view_dispute", queries.disputes_visible_to)
policy.visible(Tranche, "benefits.view_tranche", queries.tranches_visible_to)
policy.visible(RiskFund, "benefits.view_fund", queries.funds_visible_to)
policy.visible(FundCallLine, "benefits.view_call_line", queries.call_lines_visible_to)
policy.visible(FundParty, "benefits.view_fund_party", queries.fund_parties_visible_to)
policy.visible(Claim, "benefits.view_claim", queries.claims_visible_to)
policy.visible(ClaimEvidence, "benefits.view_claim_evidence", queries.claim_evidence_visible_to)
