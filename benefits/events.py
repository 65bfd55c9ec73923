"""News of benefit and risk."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("benefits.agreement_in_force")
@dataclass(frozen=True)
class AgreementInForce:
    agreement_id: UUID
    subject_id: UUID


@outbox.event("benefits.income_settled")
@dataclass(frozen=True)
class IncomeSettled:
    agreement_id: UUID
    settlement_id: UUID


@outbox.event("benefits.claim_paid")
@dataclass(frozen=True)
class ClaimPaid:
    claim_id: UUID
    fund_id: UUID
