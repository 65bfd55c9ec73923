"""Reads of the room: what the parties see, sums, exposure, health."""

from benefits.queries.agreement import (
    Health,
    LedgerTotals,
    PartyTotal,
    agreement_for,
    agreement_in_force,
    agreements_visible_to,
    disputes_visible_to,
    entry_of,
    health,
    incomes_visible_to,
    ledger_entries,
    ledger_totals,
    settlements_visible_to,
    shares_of_version,
    statements_to_answer,
    statements_visible_to,
    templates_for,
    unsigned_parties,
    versions_visible_to,
    with_sums,
)
from benefits.queries.fund import (
    FundFigures,
    PartyStanding,
    call_lines_visible_to,
    claim_evidence_visible_to,
    claims_visible_to,
    debtors,
    fund_balance,
    fund_figures,
    fund_parties_visible_to,
    funds_visible_to,
    paid_to,
    with_counts,
)
from benefits.queries.tranche import Exposure, exposure, exposure_of, tranches_of, tranches_visible_to

__all__ = [
    "Exposure", "FundFigures", "Health", "LedgerTotals", "PartyStanding", "PartyTotal", "agreement_for", "agreement_in_force",
    "agreements_visible_to", "call_lines_visible_to", "claim_evidence_visible_to", "claims_visible_to", "debtors",
    "disputes_visible_to", "entry_of", "exposure", "exposure_of", "fund_balance", "fund_figures", "fund_parties_visible_to",
    "funds_visible_to", "health", "incomes_visible_to", "ledger_entries", "ledger_totals", "paid_to", "settlements_visible_to",
    "shares_of_version", "statements_to_answer", "statements_visible_to", "templates_for", "tranches_of", "tranches_visible_to", "unsigned_parties",
    "versions_visible_to", "with_counts", "with_sums",
]  # fmt: skip
