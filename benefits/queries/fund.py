"""Reads of risk funds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from benefits.models import Claim, ClaimEvidence, FundCallLine, FundParty, RiskFund
from benefits.queries.agreement import ZERO, sees_all
from benefits.states import CallState, ClaimState
from core import clock
from core.accounts.actor import Actor
from core.ledger.models import Account


def funds_visible_to(actor: Actor) -> QuerySet[RiskFund]:
    """Those one pays into or manages; the operator sees all."""
    if sees_all(actor):
        return RiskFund.objects.all()
    if actor.organisation is None:
        return RiskFund.objects.none()
    mine = FundParty.objects.filter(organisation=actor.organisation).values("fund_id")
    return RiskFund.objects.filter(Q(pk__in=mine) | Q(manager=actor.organisation))


def with_counts(rows: QuerySet[RiskFund]) -> QuerySet[RiskFund]:
    """Funds with `paid_in`, `party_count` and `open_claims`."""
    paid = FundCallLine.objects.filter(call__fund=OuterRef("pk"), state=CallState.PAID).order_by().values("call__fund")
    return rows.annotate(
        paid_in=Subquery(paid.annotate(total=Sum("amount")).values("total")),
        party_count=Count("parties", distinct=True),
        open_claims=Count("claims", filter=Q(claims__state=ClaimState.IN_REVIEW), distinct=True),
    )


def call_lines_visible_to(actor: Actor) -> QuerySet[FundCallLine]:
    return FundCallLine.objects.filter(call__fund__in=funds_visible_to(actor))


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """Claims on the funds one sees; a draft shows to its claimant alone."""
    rows = Claim.objects.filter(fund__in=funds_visible_to(actor))
    if actor.is_system:
        return rows
    return rows.filter(~Q(state=ClaimState.DRAFT) | Q(claimant=actor.organisation))


def claim_evidence_visible_to(actor: Actor) -> QuerySet[ClaimEvidence]:
    return ClaimEvidence.objects.filter(claim__in=claims_visible_to(actor))


def fund_parties_visible_to(actor: Actor) -> QuerySet[FundParty]:
    return FundParty.objects.filter(fund__in=funds_visible_to(actor))


def fund_balance(fund: RiskFund) -> Decimal:
    """The fund's cash as recorded, less what is held of it."""
    row = Account.objects.filter(code=f"fund:{fund.pk}:cash").first()
    return row.available if row else ZERO


@dataclass(frozen=True)
class PartyStanding:
    """A party of a fund: what it was called for, has paid, is late with, and has received."""

    party: FundParty
    called: Decimal
    paid: Decimal
    late: Decimal
    received: Decimal


@dataclass(frozen=True)
class FundFigures:
    """The fund in figures; `balance = paid_in − paid_out`."""

    paid_in: Decimal
    paid_out: Decimal
    balance: Decimal
    outstanding: Decimal
    parties: Sequence[PartyStanding]
    continuing: int


def fund_figures(fund: RiskFund) -> FundFigures:
    """Calls, payments and compensation by party, and what adds up to the balance (R083, R085)."""
    today = clock.today()
    called: dict[UUID, Decimal] = {}
    paid: dict[UUID, Decimal] = {}
    late: dict[UUID, Decimal] = {}
    for line in FundCallLine.objects.filter(call__fund=fund).select_related("call"):
        called[line.party_id] = called.get(line.party_id, ZERO) + line.amount
        if line.state == CallState.PAID:
            paid[line.party_id] = paid.get(line.party_id, ZERO) + line.amount
        elif line.call.due_on < today:
            late[line.party_id] = late.get(line.party_id, ZERO) + line.amount
    received: dict[UUID, Decimal] = {}
    for claimant, amount in Claim.objects.filter(fund=fund, paid__gt=0).values_list("claimant_id", "paid"):
        received[claimant] = received.get(claimant, ZERO) + (amount or ZERO)
    parties = list(fund.parties.select_related("organisation"))
    rows = [
        PartyStanding(
            one, called.get(one.pk, ZERO), paid.get(one.pk, ZERO), late.get(one.pk, ZERO), received.get(one.organisation_id, ZERO)
        )
        for one in parties
    ]  # fmt: skip
    return FundFigures(
        paid_in=sum(paid.values(), ZERO),
        paid_out=sum(received.values(), ZERO),
        balance=fund_balance(fund),
        outstanding=sum(called.values(), ZERO) - sum(paid.values(), ZERO),
        parties=rows,
        continuing=sum(1 for one in parties if one.continues),
    )


def debtors(fund: RiskFund) -> list[FundCallLine]:
    """The parts of calls that are unpaid past their day, with the party named."""
    rows = FundCallLine.objects.filter(call__fund=fund, call__due_on__lt=clock.today()).exclude(state=CallState.PAID)
    return list(rows.select_related("party__organisation", "call").order_by("call__due_on", "-amount"))


def paid_to(fund: RiskFund, organisation_id: UUID) -> Decimal:
    """What a party has been paid by the fund so far."""
    rows = Claim.objects.filter(fund=fund, claimant_id=organisation_id)
    return rows.aggregate(total=Sum("paid"))["total"] or ZERO
