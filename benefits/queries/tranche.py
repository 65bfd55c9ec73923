"""Reads of staged money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from benefits.models import Tranche
from benefits.queries.agreement import ZERO, agreements_visible_to, sees_all
from benefits.states import TrancheState
from core.accounts.actor import Actor


def tranches_visible_to(actor: Actor) -> QuerySet[Tranche]:
    """Those of agreements one is a party of, those one pays or receives; the operator sees all."""
    if sees_all(actor):
        return Tranche.objects.all()
    if actor.organisation is None:
        return Tranche.objects.none()
    shared = agreements_visible_to(actor).values("subject_id")
    return Tranche.objects.filter(Q(subject_id__in=shared) | Q(payer=actor.organisation) | Q(payee=actor.organisation))


def tranches_of(subject_id: UUID) -> list[Tranche]:
    """The tranches of a subject in the order of its stages."""
    rows = Tranche.objects.filter(subject_id=subject_id).select_related("payer", "payee", "hold")
    return list(rows.order_by("position", "created_at"))


@dataclass(frozen=True)
class Exposure:
    """Money at risk: planned in all, released so far, still held or planned, saved by stopping (R087)."""

    planned: Decimal
    captured: Decimal
    held: Decimal
    saved: Decimal


def exposure(subject_id: UUID) -> Exposure:
    """The exposure of a subject to date; one query."""
    return exposure_of(Tranche.objects.filter(subject_id=subject_id))


def exposure_of(rows: Iterable[Tranche]) -> Exposure:
    """The exposure of these tranches."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.state] = sums.get(row.state, ZERO) + row.amount
    return Exposure(
        planned=sum(sums.values(), ZERO),
        captured=sums.get(TrancheState.CAPTURED, ZERO),
        held=sums.get(TrancheState.HELD, ZERO) + sums.get(TrancheState.PLANNED, ZERO),
        saved=sums.get(TrancheState.VOIDED, ZERO),
    )
