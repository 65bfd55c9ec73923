"""What a commitment is worth against its specification: the engine's verdict, never our own comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.indicators.engine import Value, Verdict, compare, plain
from core.indicators.kinds import Outcome
from core.indicators.models import Specification
from needs.models.bid import Bid, Commitment
from needs.models.challenge import Challenge


@dataclass(frozen=True)
class Answer:
    """A bid's answer to one indicator; without a commitment there is no verdict, and that is never a pass."""

    specification: Specification
    commitment: Commitment | None
    verdict: Verdict | None

    @property
    def is_met(self) -> bool:
        return self.verdict is not None and self.verdict.is_met

    @property
    def is_missed(self) -> bool:
        return self.verdict is not None and self.verdict.outcome == Outcome.MISSED


def committed_value(commitment: Commitment) -> Value:
    """The promise as the engine reads it, in the unit of the indicator."""
    spec = commitment.specification
    return Value(
        value=commitment.value, low=commitment.low, high=commitment.high, level=commitment.level, unit=spec.unit
    )


def answer(specification: Specification, commitment: Commitment | None) -> Answer:
    """The verdict on a promise before anything is measured."""
    if commitment is None or not commitment.is_given:
        return Answer(specification, commitment, None)
    return Answer(specification, commitment, compare(specification.to_spec(), committed_value(commitment)))


def answers_of(bid: Bid, specifications: Iterable[Specification]) -> list[Answer]:
    """A bid's answers in the order of the challenge's indicators."""
    given = {one.specification_id: one for one in bid.commitments.all()}
    return [answer(spec, given.get(spec.pk)) for spec in specifications]


def musts_met(answers: Iterable[Answer]) -> tuple[int, int]:
    """How many must-have indicators the promises meet, and of how many."""
    musts = [one for one in answers if one.specification.is_must]
    return sum(1 for one in musts if one.is_met), len(musts)


def specifications_of(challenge: Challenge) -> list[Specification]:
    """The indicators a challenge asks for, in order."""
    return [row.specification for row in challenge.indicators.select_related("specification")]


def as_text(row: Any) -> str:
    """A promise in words and figures; empty when nothing is promised."""
    if row is None or not row.is_given:
        return ""
    if row.level:
        return str(row.level)
    if row.value is not None:
        return plain(row.value)
    ends = ["" if one is None else plain(one) for one in (row.low, row.high)]
    return f"{ends[0]} – {ends[1]}"
