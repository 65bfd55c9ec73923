"""How results rank: industrial fit first, never advancement alone, and why (R009)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import BooleanField, Case, DecimalField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.checks.queries import thresholds_by_chain
from core.indicators.arithmetic import shown
from needs.models.result import Result

CODE = "A04"
AMOUNT = DecimalField(max_digits=12, decimal_places=4)


@dataclass(frozen=True)
class Scale:
    """One figure of the rule: what holds for all chains, and what a chain set for itself."""

    default: Decimal
    own: dict[UUID, Decimal]

    def of(self, chain_id: UUID) -> Decimal:
        return self.own.get(chain_id, self.default)

    def in_sql(self) -> Case | Value:
        values = [When(chain_id=chain, then=Value(value, AMOUNT)) for chain, value in self.own.items()]
        default = Value(self.default, AMOUNT)
        return Case(*values, default=default, output_field=AMOUNT) if values else default


@dataclass(frozen=True)
class Scales:
    """What the rule on advanced but unfit results counts with."""

    weight: Scale
    advanced: Scale
    floor: Scale

    def is_at_risk(self, result: Result) -> bool:
        """Advanced, but with a fit below what its chain asks for (A04)."""
        return is_at_risk(result, advanced=self.advanced.of(result.chain_id), floor=self.floor.of(result.chain_id))

    def standing(self, result: Result) -> Decimal | None:
        """Fit and advancement by their weights; None while nobody has judged the fit."""
        if result.fit is None:
            return None
        weight = self.weight.of(result.chain_id)
        return (result.fit * weight + Decimal(result.advancement or 0) * (100 - weight)) / 100

    def reason(self, result: Result) -> str:
        """Why the result stands where it does, with the numbers."""
        standing = self.standing(result)
        if standing is None:
            return _("last: nobody has judged its industrial fit")
        assert result.fit is not None
        weight = self.weight.of(result.chain_id)
        told = {
            "standing": shown(standing), "fit": shown(result.fit), "advancement": result.advancement or 0,
            "weight": shown(weight), "rest": shown(100 - weight), "floor": shown(self.floor.of(result.chain_id)),
        }  # fmt: skip
        if self.is_at_risk(result):
            return _("after all that fit: advancement %(advancement)s, but fit %(fit)s lies below %(floor)s") % told
        return _("%(standing)s = %(weight)s%% × fit %(fit)s + %(rest)s%% × advancement %(advancement)s") % told


def is_at_risk(result: Result, *, advanced: Decimal, floor: Decimal) -> bool:
    """The rule of A04 in words of Python; `with_rank` says the same to the database."""
    if result.advancement is None or result.fit is None:
        return False
    return result.advancement >= advanced and result.fit < floor


def scales() -> Scales:
    """The rule's figures of all chains; three queries."""
    return Scales(*(Scale(*thresholds_by_chain(CODE, name)) for name in ("fit_weight", "advanced_from", "fit_floor")))


def with_rank(rows: QuerySet[Result], by: Scales) -> QuerySet[Result]:
    """Results with `rank` (None while the fit is not judged) and `at_risk`: those at risk rank below all others."""
    weight = by.weight.in_sql()
    risky = Q(advancement__gte=by.advanced.in_sql(), fit__lt=by.floor.in_sql())
    standing = ExpressionWrapper(
        (
            F("fit") * weight
            + Coalesce(F("advancement"), 0, output_field=AMOUNT) * (Value(Decimal(100), AMOUNT) - weight)
        )
        / Value(Decimal(100), AMOUNT),
        output_field=AMOUNT,
    )
    below = Case(When(risky, then=Value(Decimal(100), AMOUNT)), default=Value(Decimal(0), AMOUNT), output_field=AMOUNT)
    return rows.annotate(
        at_risk=Case(When(risky, then=Value(True)), default=Value(False), output_field=BooleanField()),
        rank=ExpressionWrapper(standing - below, output_field=AMOUNT),
    )
