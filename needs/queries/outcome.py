"""Reads about applications, outcomes, follow-up needs and the loop from need to need (R004, R017, R018, R025)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from chains.models import Chain
from core.accounts.actor import Actor
from core.indicators import units
from core.indicators.engine import Change, Verdict, change, compare, plain, target_text
from core.indicators.kinds import Claim, Kind
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.models.result import Result
from needs.queries.need import needs_visible_to
from needs.queries.result import results_visible_to
from needs.states.outcome import APPLIED, ApplicationState, OutcomeState


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """Applications of the results one may see; a user sees the result that it is named for."""
    if not actor.is_signed_in:
        return Application.objects.none()
    if actor.is_system:
        return Application.objects.all()
    return Application.objects.filter(result__in=results_visible_to(actor))


def outcomes_visible_to(actor: Actor) -> QuerySet[Outcome]:
    return Outcome.objects.filter(application__in=applications_visible_to(actor))


def follow_ups_visible_to(actor: Actor) -> QuerySet[FollowUp]:
    """Those whose application and whose new need one may see."""
    return FollowUp.objects.filter(application__in=applications_visible_to(actor), need__in=needs_visible_to(actor))


def reinvestments_visible_to(actor: Actor) -> QuerySet[Reinvestment]:
    return Reinvestment.objects.filter(application__in=applications_visible_to(actor))


def requirements_visible_to(actor: Actor) -> QuerySet[ResultRequirement]:
    return ResultRequirement.objects.filter(result__in=results_visible_to(actor))


@dataclass(frozen=True)
class OutcomeLine:
    """An outcome as reports show it: before, after, both readings of the change, the words with their factor, who says so."""

    row: Outcome
    change: Change | None
    verdict: Verdict

    @property
    def before(self) -> str:
        spec = self.row.specification
        return _with_unit(spec.baseline_value, spec.baseline_unit or spec.unit)

    @property
    def after(self) -> str:
        return _with_unit(self.row.measurement.value, self.row.measurement.unit)

    @property
    def change_text(self) -> str:
        """Relative change and percentage points, each with its sign (N2)."""
        return self.change.text if self.change else ""

    @property
    def words(self) -> str:
        """The original words and the factor chosen for them (N3)."""
        spec = self.row.specification
        if spec.factor is None:
            return spec.original_words
        return _("“%(words)s”, read as ×%(factor)s") % {"words": spec.original_words, "factor": plain(spec.factor)}

    @property
    def expected(self) -> str:
        """What was expected, where it was more than better than before."""
        spec = self.row.specification
        return target_text(spec.to_spec()) if spec.kind != Kind.THRESHOLD and spec.factor is None else ""

    @property
    def is_verified(self) -> bool:
        return self.row.state == OutcomeState.VERIFIED and self.row.measurement.claim == Claim.VERIFIED

    @property
    def mark(self) -> str:
        """✔ for what got better as expected, ✘ for what did not."""
        return "✔" if self.verdict.is_met else "✘"


def _with_unit(value: Any, unit: str) -> str:
    if value is None:
        return ""
    return f"{plain(value)}{'' if unit == '%' else ' '}{unit}".strip()


def line_of(row: Outcome) -> OutcomeLine:
    """The row with its change and its verdict, from the one engine."""
    spec, measured = row.specification, row.measurement
    base = after = None
    if spec.baseline_value is not None:
        base = units.convert(spec.baseline_value, spec.baseline_unit or spec.unit, spec.unit)
    if measured.value is not None:
        after = units.convert(measured.value, measured.unit or spec.unit, spec.unit)
    moved = change(base, after, spec.unit) if base is not None and after is not None else None
    return OutcomeLine(row, moved, compare(spec.to_spec(), measured.to_value()))


def lines_of(application: Application) -> list[OutcomeLine]:
    """The application's outcomes that stand, in the order they were recorded."""
    rows = application.outcomes.exclude(state=OutcomeState.WITHDRAWN)
    return [line_of(row) for row in with_values(rows)]


def with_values(rows: QuerySet[Outcome]) -> QuerySet[Outcome]:
    return rows.select_related(
        "specification__indicator", "measurement__verified_by", "organisation", "application__result", "application__user",
        "application__node__chain",
    )  # fmt: skip


def applied(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those that count: neither denied nor withdrawn."""
    return rows.filter(state__in=APPLIED)


@dataclass(frozen=True)
class Uplift:
    """The nodes that the results of a chain carried along (带动环节), all of them counted, and the first applications."""

    applications: Sequence[Application]
    node_count: int
    confirmed_count: int


def uplift_of(actor: Actor, chain: Chain, limit: int = 12) -> Uplift:
    """Applications of the chain's own results that the actor may see, by node (R017)."""
    rows = applied(applications_visible_to(actor)).filter(result__chain=chain)
    counts = rows.aggregate(
        nodes=Count("node", distinct=True),
        confirmed=Count("node", distinct=True, filter=Q(state=ApplicationState.CONFIRMED)),
    )
    rows = rows.select_related("result", "node__chain", "user").order_by(
        "node__chain__name", "node__order", "created_at"
    )
    return Uplift(list(rows[:limit]), counts["nodes"], counts["confirmed"])


def closed_loops(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Need → project → result → application → new need, each named (R004)."""
    return rows.filter(
        application__state__in=APPLIED, application__result__origin_need__isnull=False,
        application__result__origin_project_id__isnull=False,
    ).exclude(need__state="withdrawn")  # fmt: skip


def with_closure(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Follow-ups with `is_closed`."""
    return rows.annotate(is_closed=Exists(closed_loops(FollowUp.objects.filter(pk=OuterRef("pk")))))


def results_of_need(actor: Actor, need: Any) -> QuerySet[Result]:
    """The results that answer the need, as far as the actor may see them."""
    return results_visible_to(actor).filter(origin_need=need)
