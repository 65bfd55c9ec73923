"""The lives of agreements, incomes, statements, tranches, funds, calls and claims."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class VersionState(models.TextChoices):
    SIGNING = "signing", _("Being signed")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


VERSION = Machine(
    Move("enter_into_force", [VersionState.SIGNING], VersionState.IN_FORCE),
    Move("supersede", [VersionState.SIGNING, VersionState.IN_FORCE], VersionState.SUPERSEDED),
)


class IncomeState(models.TextChoices):
    RECORDED = "recorded", _("Recorded")
    SETTLED = "settled", _("Settled")


INCOME = Machine(Move("settle_income", [IncomeState.RECORDED], IncomeState.SETTLED))


class StatementState(models.TextChoices):
    """What is owed to a party; the platform records it and holds nothing."""

    PAYABLE = "payable", _("Payable")
    INSTRUCTED = "instructed", _("Payment instructed")
    CONFIRMED = "confirmed", _("Confirmed by the payee")
    RECONCILED = "reconciled", _("Reconciled")


STATEMENT = Machine(
    Move("instruct_payment", [StatementState.PAYABLE], StatementState.INSTRUCTED),
    Move("confirm_payment", [StatementState.INSTRUCTED], StatementState.CONFIRMED),
    Move("reconcile_payment", [StatementState.CONFIRMED], StatementState.RECONCILED),
)


class DisputeState(models.TextChoices):
    OPEN = "open", _("Still open")
    CLOSED = "closed", _("Settled between the parties")


DISPUTE = Machine(Move("close_dispute", [DisputeState.OPEN], DisputeState.CLOSED))


class Stage(models.TextChoices):
    RD = "rd", _("R&D")
    PILOT = "pilot", _("Pilot")
    MASS_PRODUCTION = "mass_production", _("Mass production")


STAGES = [Stage.RD, Stage.PILOT, Stage.MASS_PRODUCTION]


class TrancheState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CAPTURED = "captured", _("Released")
    VOIDED = "voided", _("Saved by stopping")


TRANCHE = Machine(
    Move("hold", [TrancheState.PLANNED], TrancheState.HELD),
    Move("capture", [TrancheState.HELD], TrancheState.CAPTURED),
    Move("void", [TrancheState.PLANNED, TrancheState.HELD], TrancheState.VOIDED),
)


class PartyState(models.TextChoices):
    """Nobody owes a fund anything before a signatory of theirs has agreed to its terms."""

    ASKED = "asked", _("Asked to take part")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused")


PARTY = Machine(
    Move("agree_to_fund", [PartyState.ASKED, PartyState.REFUSED], PartyState.AGREED),
    Move("refuse_fund", [PartyState.ASKED], PartyState.REFUSED),
)


class CallState(models.TextChoices):
    DUE = "due", _("Due")
    LATE = "late", _("Late")
    PAID = "paid", _("Paid")


CALL = Machine(
    Move("mark_late", [CallState.DUE], CallState.LATE),
    Move("record_call_payment", [CallState.DUE, CallState.LATE], CallState.PAID),
)


class ClaimKind(models.TextChoices):
    """What a fund covers (R084)."""

    RD_FAILURE = "rd_failure", _("R&D failure")
    MARKET = "market", _("Market swing")


class EvidenceKind(models.TextChoices):
    GATE_REPORT = "gate_report", _("Report of the failed gate")
    COST_RECORD = "cost_record", _("Record of the costs")
    MARKET_REPORT = "market_report", _("Report on the market")
    OTHER = "other", _("Other")


# What a claim of each kind must bring before anybody reviews it.
REQUIRED_EVIDENCE = {ClaimKind.RD_FAILURE: [EvidenceKind.GATE_REPORT], ClaimKind.MARKET: [EvidenceKind.MARKET_REPORT]}


class ClaimState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RETURNED = "returned", _("Returned")
    IN_REVIEW = "in_review", _("In review")
    REJECTED = "rejected", _("Rejected")
    PAID = "paid", _("Paid")


CLAIM = Machine(
    Move("return_claim", [ClaimState.DRAFT, ClaimState.RETURNED], ClaimState.RETURNED),
    Move("submit_claim", [ClaimState.DRAFT, ClaimState.RETURNED], ClaimState.IN_REVIEW),
    Move("reject_claim", [ClaimState.IN_REVIEW], ClaimState.REJECTED),
    Move("pay_claim", [ClaimState.IN_REVIEW], ClaimState.PAID),
)
