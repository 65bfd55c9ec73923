"""What reading a text comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.indicators.kinds import Kind


@dataclass(frozen=True)
class Gap:
    """What the text leaves open: the code of the missing thing and what it is about."""

    code: str
    about: str = ""


@dataclass
class Found:
    """One indicator as it was read; an empty field was not in the text."""

    name: str
    kind: str = Kind.THRESHOLD
    operator: str = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: str = ""
    unit: str = ""
    fraction: str = ""  # the value as written, where it is a fraction that no decimal equals
    is_multiple: bool = False  # a relative change counted in times, not in percent
    is_to_multiple: bool = False  # … and the text says “to N times”, not “by N times”
    is_points: bool = False
    direction: str = ""
    baseline: Decimal | None = None
    baseline_high: Decimal | None = None
    baseline_unit: str = ""
    conditions: list[str] = field(default_factory=list)
    method: str = ""
    must: bool | None = None
    words: str = ""
    gaps: list[str] = field(default_factory=list)

    def lacks(self, code: str) -> None:
        if code not in self.gaps:
            self.gaps.append(code)


@dataclass
class Reading:
    """All that was read of a text."""

    indicators: list[Found] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    is_cut: bool = False

    def gaps(self) -> list[Gap]:
        """Every gap, the wishes that cannot be measured included."""
        return [Gap(code, one.name) for one in self.indicators for code in one.gaps] + [
            Gap("qualitative", wish) for wish in self.wishes
        ]
