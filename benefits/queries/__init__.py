"""Reads of the room: what the parties see, sums, exposure, health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from benefits.models import (
    AgreementParty,
    AgreementVersion,
    Claim,
    ClaimEvidence,
    FundCallLine,
    FundParty,
    Income,
    RiskFund,
    Settlement,
    ShareAgreement,
    Statement,
    Tranche,
)
from benefits.states import CallState, StatementState, TrancheState, VersionState
from core import clock
from core.accounts.actor import Actor
from core.ledger.models import Account, Entry


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or (actor.person is not None and actor.is_operator)


def agreements_visible_to(actor: Actor) -> QuerySet[ShareAgreement]:
    """Those of which one is a party; the operator sees all."""
    if _sees_all(actor):
        return ShareAgreement.objects.all()
    mine = (
        AgreementParty.objects.filter(organisation=actor.organisation)
        if actor.organisation
        else AgreementParty.objects.none()
    )
    return ShareAgreement.objects.filter(pk__in=mine.values("agreement_id"))


def versions_visible_to(actor: Actor) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.filter(agreement__in=agreements_visible_to(actor))


def incomes_visible_to(actor: Actor) -> QuerySet[Income]:
    return Income.objects.filter(agreement__in=agreements_visible_to(actor))


def settlements_visible_to(actor: Actor) -> QuerySet[Settlement]:
    return Settlement.objects.filter(income__agreement__in=agreements_visible_to(actor))


def statements_visible_to(actor: Actor) -> QuerySet[Statement]:
    """Every party of an agreement sees all its statements: one ledger for all (R088)."""
    return Statement.objects.filter(settlement__income__agreement__in=agreements_visible_to(actor))


def tranches_visible_to(actor: Actor) -> QuerySet[Tranche]:
    """Those of agreements one is a party of, those one pays or receives; the operator sees all."""
    if _sees_all(actor):
        return Tranche.objects.all()
    if actor.organisation is None:
        return Tranche.objects.none()
    shared = agreements_visible_to(actor).values("subject_id")
    return Tranche.objects.filter(Q(subject_id__in=shared) | Q(payer=actor.organisation) | Q(payee=actor.organisation))


def funds_visible_to(actor: Actor) -> QuerySet[RiskFund]:
    """Those one pays into or manages; the operator sees all."""
    if _sees_all(actor):
        return RiskFund.objects.all()
    if actor.organisation is None:
        return RiskFund.objects.none()
    mine = FundParty.objects.filter(organisation=actor.organisation).values("fund_id")
    return RiskFund.objects.filter(Q(pk__in=mine) | Q(manager=actor.organisation))


def call_lines_visible_to(actor: Actor) -> QuerySet[FundCallLine]:
    return FundCallLine.objects.filter(call__fund__in=funds_visible_to(actor))


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """Claims on the funds one sees; drafts only to the claimant."""
    rows = Claim.objects.filter(fund__in=funds_visible_to(actor))
    if _sees_all(actor) and actor.is_system:
        return rows
    return rows.filter(~Q(state="draft") | Q(claimant=actor.organisation))


def claim_evidence_visible_to(actor: Actor) -> QuerySet[ClaimEvidence]:
    return ClaimEvidence.objects.filter(claim__in=claims_visible_to(actor))


def fund_parties_visible_to(actor: Actor) -> QuerySet[FundParty]:
    return FundParty.objects.filter(fund__in=funds_visible_to(actor))


def agreement_for(subject_id: UUID) -> ShareAgreement | None:
    """The agreement of a subject."""
    return ShareAgreement.objects.filter(subject_id=subject_id).first()


def agreement_in_force(subject_id: UUID) -> AgreementVersion | None:
    """The signed share table of a subject; None until every party has signed one."""
    return AgreementVersion.objects.filter(agreement__subject_id=subject_id, state=VersionState.IN_FORCE).first()


def tranches_of(subject_id: UUID) -> list[Tranche]:
    """The tranches of a subject in the order of its stages."""
    return list(
        Tranche.objects.filter(subject_id=subject_id).select_related("payer", "payee", "hold").order_by("position")
    )


@dataclass(frozen=True)
class Exposure:
    """Money at risk: planned in all, released so far, still held, saved by stopping (R087)."""

    planned: Decimal
    captured: Decimal
    held: Decimal
    saved: Decimal


def exposure(subject_id: UUID) -> Exposure:
    """The exposure of a subject to date; one query."""
    sums: dict[str, Decimal] = {}
    rows = Tranche.objects.filter(subject_id=subject_id).values_list("state").annotate(total=Sum("amount"))
    for state, total in rows:
        sums[state] = total
    zero = Decimal(0)
    return Exposure(
        planned=sum(sums.values(), zero),
        captured=sums.get(TrancheState.CAPTURED, zero),
        held=sums.get(TrancheState.HELD, zero) + sums.get(TrancheState.PLANNED, zero),
        saved=sums.get(TrancheState.VOIDED, zero),
    )


@dataclass(frozen=True)
class PartyTotal:
    """One party's totals over all settlements of an agreement."""

    organisation: str
    organisation_id: UUID
    due: Decimal
    confirmed: Decimal


@dataclass(frozen=True)
class LedgerTotals:
    """What every party of an agreement sees, the same for all."""

    income: Decimal
    settled: Decimal
    parties: Sequence[PartyTotal]


def ledger_totals(agreement: ShareAgreement) -> LedgerTotals:
    """Sums over the agreement; they come from the rows, not from who asks."""
    zero = Decimal(0)
    income = agreement.incomes.aggregate(total=Sum("amount"))["total"] or zero
    rows = Statement.objects.filter(settlement__income__agreement=agreement).select_related("organisation")
    due: dict[UUID, Decimal] = {}
    confirmed: dict[UUID, Decimal] = {}
    names: dict[UUID, str] = {}
    for row in rows.order_by("line__position"):
        names[row.organisation_id] = str(row.organisation)
        due[row.organisation_id] = due.get(row.organisation_id, zero) + row.amount
        if row.state in (StatementState.CONFIRMED, StatementState.RECONCILED):
            confirmed[row.organisation_id] = confirmed.get(row.organisation_id, zero) + row.amount
    parties = [PartyTotal(names[pk], pk, due[pk], confirmed.get(pk, zero)) for pk in names]
    return LedgerTotals(income, sum(due.values(), zero), parties)


@dataclass(frozen=True)
class Health:
    """How the parties get on (R088): agreements they share besides this one, and payments overdue."""

    repeat: int
    overdue: int


def health(agreement: ShareAgreement) -> Health:
    """Agreements between at least two of the same parties, and payable statements past their day."""
    mine = agreement.parties.values("organisation_id")
    others = AgreementParty.objects.filter(organisation_id__in=mine).exclude(agreement=agreement)
    counted: dict[UUID, int] = {}
    for pk in others.values_list("agreement_id", flat=True):
        counted[pk] = counted.get(pk, 0) + 1
    overdue = Statement.objects.filter(
        settlement__income__agreement=agreement,
        state__in=[StatementState.PAYABLE, StatementState.INSTRUCTED],
        due_on__lt=clock.today(),
    ).count()
    return Health(sum(1 for count in counted.values() if count > 1), overdue)


def fund_balance(fund: RiskFund) -> Decimal:
    """The fund's cash as recorded."""
    row = Account.objects.filter(code=f"fund:{fund.pk}:cash").first()
    return row.posted if row else Decimal(0)


def debtors(fund: RiskFund) -> list[FundCallLine]:
    """The parts of calls that are unpaid past their day, with the party named."""
    rows = (
        FundCallLine.objects.filter(call__fund=fund)
        .exclude(state=CallState.PAID)
        .filter(call__due_on__lt=clock.today())
    )
    return list(rows.select_related("party__organisation", "call"))


def paid_to(fund: RiskFund, organisation_id: UUID) -> Decimal:
    """What a party has been paid by the fund so far."""
    return Claim.objects.filter(fund=fund, claimant_id=organisation_id).aggregate(total=Sum("paid"))[
        "total"
    ] or Decimal(0)


def ledger_entries(agreement: ShareAgreement) -> QuerySet[Entry]:
    """The ledger's own entries of an agreement, newest first."""
    rows = Entry.objects.filter(account__code__contains=str(agreement.pk))
    return rows.select_related("txn", "account__organisation").order_by("-txn__booked_at", "-id")
