"""The comparison of bids: one column per bid, one row per question, as far as the actor may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _now

from core.accounts.actor import Actor
from core.indicators.models import Specification
from needs.models.bid import Bid
from needs.models.challenge import Challenge, Criterion
from needs.models.review import ScoreSheet
from needs.queries.bid import bids_visible_to
from needs.queries.ranking import Place, rounded, weighted
from needs.queries.review import seat_of, sheets_visible_to, standing_for
from needs.queries.verdict import Answer, answers_of, musts_met, specifications_of
from needs.states.bid import RECEIVED
from needs.states.challenge import STAGE_ORDER


@dataclass
class Column:
    """One bid with everything the matrix says of it."""

    bid: Bid
    place: Place | None
    answers: list[Answer]
    met: int
    musts: int
    total: Decimal
    budgets: list[Decimal | None]
    own: ScoreSheet | None
    own_marks: dict[UUID, Any] = field(default_factory=dict)
    own_total: Decimal | None = None
    shows_means: bool = False

    @property
    def is_locked(self) -> bool:
        return self.own is not None and self.own.locked_at is not None

    def mean(self, criterion: Criterion) -> Decimal | None:
        return self.place.mean(criterion.pk) if self.place and self.shows_means else None

    def is_below(self, criterion: Criterion) -> bool:
        return bool(self.place and self.shows_means and criterion.pk in self.place.below)


@dataclass
class Matrix:
    """The whole comparison; `rows` and `marks` are ready for a template."""

    columns: list[Column]
    indicators: list[tuple[Specification, list[Answer]]]
    stages: list[tuple[str, list[Decimal | None]]]
    marks: list[tuple[Criterion, list[dict[str, Any]]]]
    budget: Decimal | None
    scores: bool
    limit: Decimal

    @property
    def locked(self) -> int:
        return sum(1 for one in self.columns if one.is_locked)


def matrix(actor: Actor, challenge: Challenge, order: str = "rank") -> Matrix | None:
    """The comparison of the opened bids the actor may read; None when there is none. Ranked first, or as received."""
    if not challenge.is_opened:
        return None
    bids = list(
        bids_visible_to(actor)
        .filter(challenge=challenge, state__in=RECEIVED)
        .select_related("bidder")
        .prefetch_related("commitments__specification", "budgets", "machines__machine")
        .order_by("submitted_at")
    )
    if not bids:
        return None
    places = {one.bid_id: one for one in standing_for(actor, challenge)}
    specs, criteria = specifications_of(challenge), list(challenge.criteria.all())
    seat = seat_of(actor, challenge)
    scores = seat is not None and seat.state == "cleared"
    own = (
        {
            one.bid_id: one
            for one in sheets_visible_to(actor).filter(panel_member=seat, bid__in=bids).prefetch_related("scores")
        }
        if scores
        else {}
    )
    columns = [
        _column(bid, places.get(bid.pk), specs, criteria, own.get(bid.pk), shows=not scores or _locked(own.get(bid.pk)))
        for bid in bids
    ]
    if order == "rank":
        columns.sort(
            key=lambda one: (
                one.place is None or not one.shows_means or one.place.rank is None,
                (one.place.rank if one.place else 0) or 0,
            )
        )
    gates = {gate.stage for gate in challenge.gates.all()}
    stages = [stage for stage in STAGE_ORDER if stage in gates]
    return Matrix(
        columns=columns,
        indicators=[(spec, [one.answers[n] for one in columns]) for n, spec in enumerate(specs)],
        stages=[(str(stage.label), [_money(one.bid, stage) for one in columns]) for stage in stages],
        marks=[
            (
                criterion,
                [
                    {
                        "own": one.own_marks.get(criterion.pk),
                        "mean": one.mean(criterion),
                        "below": one.is_below(criterion),
                        "shown": one.shows_means,
                    }
                    for one in columns
                ],
            )
            for criterion in criteria
        ],
        budget=challenge.budget,
        scores=scores,
        limit=challenge.spread_limit,
    )


def _column(
    bid: Bid,
    place: Place | None,
    specs: list[Specification],
    criteria: list[Criterion],
    own: ScoreSheet | None,
    *,
    shows: bool,
) -> Column:
    answers = answers_of(bid, specs)
    met, musts = musts_met(answers)
    column = Column(
        bid=bid,
        place=place,
        answers=answers,
        met=met,
        musts=musts,
        total=sum((one.amount for one in bid.budgets.all()), Decimal(0)),
        budgets=[],
        own=own,
        shows_means=shows and place is not None and place.sheets > 0,
    )
    if own is not None:
        marks = {one.criterion_id: one for one in own.scores.all()}
        column.own_marks = {pk: _now("n/a") if one.is_na else one.value for pk, one in marks.items()}
        column.own_total = rounded(
            weighted(
                criteria,
                {pk: None if one.is_na or one.value is None else Fraction(one.value) for pk, one in marks.items()},
            )
        )
    return column


def _money(bid: Bid, stage: str) -> Decimal | None:
    return next((one.amount for one in bid.budgets.all() if one.stage == stage), None)


def _locked(sheet: ScoreSheet | None) -> bool:
    return sheet is not None and sheet.locked_at is not None
