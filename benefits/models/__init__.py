"""Tables of the room."""

from benefits.models.agreement import (
    AgreementParty,
    AgreementSignature,
    AgreementVersion,
    Income,
    Residual,
    Settlement,
    ShareAgreement,
    ShareLine,
    Statement,
    Tranche,
)
from benefits.models.dispute import Dispute
from benefits.models.fund import Claim, ClaimEvidence, FundCall, FundCallLine, FundParty, RiskFund

__all__ = [
    "AgreementParty", "AgreementSignature", "AgreementVersion", "Claim", "ClaimEvidence", "Dispute", "FundCall", "FundCallLine",
    "FundParty", "Income", "Residual", "RiskFund", "Settlement", "ShareAgreement", "ShareLine", "Statement", "Tranche",
]  # fmt: skip
