"""Reads of agreements, settlements and the one ledger of their parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from benefits.models import (
    AgreementParty,
    AgreementVersion,
    Dispute,
    Income,
    Settlement,
    ShareAgreement,
    ShareLine,
    Statement,
)
from benefits.states import DisputeState, StatementState, VersionState
from chains.models import BenefitTemplateVersion
from chains.queries import templates_offered
from core import clock
from core.accounts.actor import Actor
from core.ledger.models import Entry

ZERO = Decimal(0)
NOT_CONFIRMED = [StatementState.PAYABLE, StatementState.INSTRUCTED]


def sees_all(actor: Actor) -> bool:
    """The operator's people and the clock."""
    return actor.is_system or (actor.person is not None and actor.is_operator)


def agreements_visible_to(actor: Actor) -> QuerySet[ShareAgreement]:
    """Those of which one is a party; the operator sees all."""
    if sees_all(actor):
        return ShareAgreement.objects.all()
    if actor.organisation is None:
        return ShareAgreement.objects.none()
    mine = AgreementParty.objects.filter(organisation=actor.organisation)
    return ShareAgreement.objects.filter(pk__in=mine.values("agreement_id"))


def with_sums(rows: QuerySet[ShareAgreement]) -> QuerySet[ShareAgreement]:
    """Agreements with `income_total`, `party_count` and the `in_force` version's number, each counted once."""
    incomes = Income.objects.filter(agreement=OuterRef("pk")).order_by().values("agreement")
    parties = AgreementParty.objects.filter(agreement=OuterRef("pk")).order_by().values("agreement")
    present = AgreementVersion.objects.filter(agreement=OuterRef("pk"), state=VersionState.IN_FORCE)
    return rows.annotate(
        income_total=Subquery(incomes.annotate(total=Sum("amount")).values("total")),
        party_count=Subquery(parties.annotate(total=Count("pk")).values("total")),
        in_force=Subquery(present.values("number")[:1]),
    )


def versions_visible_to(actor: Actor) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.filter(agreement__in=agreements_visible_to(actor))


def incomes_visible_to(actor: Actor) -> QuerySet[Income]:
    return Income.objects.filter(agreement__in=agreements_visible_to(actor))


def settlements_visible_to(actor: Actor) -> QuerySet[Settlement]:
    return Settlement.objects.filter(income__agreement__in=agreements_visible_to(actor))


def statements_visible_to(actor: Actor) -> QuerySet[Statement]:
    """Every party of an agreement sees all its statements: one ledger for all (R088)."""
    return Statement.objects.filter(settlement__income__agreement__in=agreements_visible_to(actor))


def disputes_visible_to(actor: Actor) -> QuerySet[Dispute]:
    """Every party of an agreement reads the questions about its statements."""
    return Dispute.objects.filter(statement__in=statements_visible_to(actor))


def agreement_for(subject_id: UUID) -> ShareAgreement | None:
    """The agreement of a subject."""
    return ShareAgreement.objects.filter(subject_id=subject_id).first()


def agreement_in_force(subject_id: UUID) -> AgreementVersion | None:
    """The signed share table of a subject; None until every party has signed one."""
    return AgreementVersion.objects.filter(agreement__subject_id=subject_id, state=VersionState.IN_FORCE).first()


def templates_for(agreement: ShareAgreement) -> QuerySet[BenefitTemplateVersion]:
    """The benefit templates in force that a share table may begin from, those of the parties' own chains first (R130)."""
    return templates_offered(agreement.parties.values_list("organisation_id", flat=True)).prefetch_related("roles")


def unsigned_parties(version: AgreementVersion) -> QuerySet[AgreementParty]:
    """The parties whose signature a version still waits for."""
    signed = version.signatures.values("organisation_id")
    return version.agreement.parties.exclude(organisation_id__in=signed).select_related("organisation")


def shares_of_version(version: AgreementVersion) -> dict[UUID, Fraction]:
    """Each party's exact share of the whole, members of groups included."""
    lines = list(version.lines.order_by("position"))
    weights: dict[UUID, Decimal] = {}
    for line in lines:
        if line.parent_id:
            weights[line.parent_id] = weights.get(line.parent_id, ZERO) + (line.weight or ZERO)
    tops = {line.pk: line for line in lines if line.parent_id is None}
    shares: dict[UUID, Fraction] = {}
    for line in lines:
        if line.organisation_id is not None:
            shares[line.organisation_id] = _share(line, tops, weights)
    return shares


def _share(line: ShareLine, tops: dict[UUID, ShareLine], weights: dict[UUID, Decimal]) -> Fraction:
    if line.parent_id is None:
        return Fraction(line.percent or 0) / 100
    whole = Fraction(tops[line.parent_id].percent or 0) / 100
    return whole * Fraction(line.weight or 0) / Fraction(weights[line.parent_id])


@dataclass(frozen=True)
class PartyTotal:
    """One party's totals over all settlements of an agreement."""

    organisation: str
    organisation_id: UUID
    due: Decimal
    confirmed: Decimal

    @property
    def outstanding(self) -> Decimal:
        return self.due - self.confirmed


@dataclass(frozen=True)
class LedgerTotals:
    """What every party of an agreement sees, the same for all."""

    income: Decimal
    settled: Decimal
    parties: Sequence[PartyTotal]

    @property
    def left(self) -> Decimal:
        """Recorded and not settled yet."""
        return self.income - self.settled

    @property
    def confirmed(self) -> Decimal:
        return sum((one.confirmed for one in self.parties), ZERO)


def ledger_totals(agreement: ShareAgreement) -> LedgerTotals:
    """Sums over the agreement; they come from the rows, not from who asks."""
    income = agreement.incomes.aggregate(total=Sum("amount"))["total"] or ZERO
    rows = Statement.objects.filter(settlement__income__agreement=agreement).select_related("organisation")
    due: dict[UUID, Decimal] = {}
    confirmed: dict[UUID, Decimal] = {}
    names: dict[UUID, str] = {}
    for row in rows.order_by("line__position"):
        names[row.organisation_id] = str(row.organisation)
        due[row.organisation_id] = due.get(row.organisation_id, ZERO) + row.amount
        if row.state not in NOT_CONFIRMED:
            confirmed[row.organisation_id] = confirmed.get(row.organisation_id, ZERO) + row.amount
    parties = [PartyTotal(names[pk], pk, due[pk], confirmed.get(pk, ZERO)) for pk in names]
    return LedgerTotals(income, sum(due.values(), ZERO), parties)


@dataclass(frozen=True)
class Health:
    """How the parties get on (R088): other agreements at least two of them share, questions, payments overdue."""

    repeat: int
    disputes: int
    disputes_open: int
    overdue: int
    parties: int


def health(agreement: ShareAgreement) -> Health:
    """Counted over the whole agreement, whoever asks."""
    mine = agreement.parties.values("organisation_id")
    others = AgreementParty.objects.filter(organisation_id__in=mine).exclude(agreement=agreement)
    counted: dict[UUID, int] = {}
    for pk in others.values_list("agreement_id", flat=True):
        counted[pk] = counted.get(pk, 0) + 1
    statements = Statement.objects.filter(settlement__income__agreement=agreement)
    overdue = statements.filter(state__in=NOT_CONFIRMED, amount__gt=0, due_on__lt=clock.today()).count()
    disputes = list(Dispute.objects.filter(statement__in=statements).values_list("state", flat=True))
    return Health(
        repeat=sum(1 for count in counted.values() if count > 1),
        disputes=len(disputes),
        disputes_open=disputes.count(DisputeState.OPEN),
        overdue=overdue,
        parties=agreement.parties.count(),
    )


def ledger_entries(agreement: ShareAgreement) -> QuerySet[Entry]:
    """The ledger's own entries of an agreement, newest first."""
    rows = Entry.objects.filter(account__code__startswith=f"agreement:{agreement.pk}:")
    return rows.select_related("txn", "account__organisation").order_by("-txn__booked_at", "-id")


def entry_of(statement: Statement) -> Entry | None:
    """The ledger's entry that posted a statement."""
    rows = Entry.objects.filter(txn_id=statement.settlement.txn_id, account__organisation_id=statement.organisation_id)
    return rows.select_related("txn").first()


def statements_to_answer(actor: Actor) -> QuerySet[Statement]:
    """What the acting organisation has to confirm."""
    if actor.organisation is None:
        return Statement.objects.none()
    return Statement.objects.filter(Q(organisation=actor.organisation), state=StatementState.INSTRUCTED)
