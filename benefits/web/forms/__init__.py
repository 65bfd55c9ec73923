"""Shapes of what is typed about shares, income and funds; the actions judge the meaning."""

from benefits.web.forms.agreement import (
    CloseDispute,
    IncomeForm,
    RaiseDispute,
    Reference,
    ShareTable,
    share_table_initial,
)
from benefits.web.forms.fund import (
    AnswerForm,
    CallForm,
    ClaimForm,
    ContinuationForm,
    DecisionForm,
    EvidenceForm,
    FundForm,
    PaymentForm,
)

__all__ = [
    "AnswerForm", "CallForm", "ClaimForm", "CloseDispute", "ContinuationForm", "DecisionForm", "EvidenceForm", "FundForm", "IncomeForm",
    "PaymentForm", "RaiseDispute", "Reference", "ShareTable", "share_table_initial",
]  # fmt: skip
