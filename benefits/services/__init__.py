"""Writes of the room that ask no permission; what rooms above may call stands here."""

from benefits.services.agreement import (
    add_agreement_party,
    open_agreement,
    propose_version,
    settle,
    sign_version,
)
from benefits.services.fund import (
    answer_fund,
    assess_claim,
    call_fund,
    mark_late_calls,
    missing_evidence,
    open_claim,
    open_fund,
    pay_claim,
    record_call_payment,
)
from benefits.services.template import lines_from_template
from benefits.services.tranche import capture_tranche, hold_tranche, plan_tranches, void_tranche

__all__ = [
    "add_agreement_party",
    "answer_fund",
    "assess_claim",
    "call_fund",
    "capture_tranche",
    "hold_tranche",
    "lines_from_template",
    "mark_late_calls",
    "missing_evidence",
    "open_agreement",
    "open_claim",
    "open_fund",
    "pay_claim",
    "plan_tranches",
    "propose_version",
    "record_call_payment",
    "settle",
    "sign_version",
    "void_tranche",
]  # fmt: skip
