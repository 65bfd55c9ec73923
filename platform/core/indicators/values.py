"""What goes into the engine: a target and a value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.indicators.kinds import ChangeIn, Claim


@dataclass(frozen=True)
class Spec:
    """A target: threshold, range, level, or a change against a baseline (in percent, in points, or as a chosen factor)."""

    kind: str
    name: str = ""
    unit: str = ""
    operator: str = ""
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: str = ""
    level_scale: Sequence[str] = ()
    direction: str = ""
    baseline_value: Decimal | None = None
    baseline_unit: str = ""
    baseline_period: str = ""
    baseline_source: str = ""
    baseline_claim: str = ""
    change_in: str = ChangeIn.PERCENT
    factor: Decimal | None = None
    original_words: str = ""
    method: str = ""
    is_must: bool = True
    needs_sample: bool = False


@dataclass(frozen=True)
class Value:
    """What was measured, or is promised. `low` and `high` give a promised or measured spread instead of one value."""

    value: Decimal | None = None
    unit: str = ""
    level: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    uncertainty: Decimal | None = None
    environment: str = ""
    measured_on: dt.date | None = None
    source: str = ""
    sample_size: int | None = None
    claim: str = Claim.SELF_DECLARED
    is_not_measured: bool = False

    @property
    def is_empty(self) -> bool:
        return self.is_not_measured or (
            self.value is None and not self.level and self.low is None and self.high is None
        )
