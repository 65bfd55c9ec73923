"""What comes out of the engine: a verdict with its distance, a change with both its readings, many verdicts counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from core.indicators.arithmetic import plain, shown, signed
from core.indicators.kinds import Outcome


@dataclass(frozen=True)
class Verdict:
    """What the comparison came to, with its distance in the specification's own unit.

    `gap` is how far the value lies outside the target (0 when met), `gap_percent` the same against the target where the
    scale has a zero, `gap_points` where values are percentages themselves; never both (N2). A missed value stayed short
    of its target or, `is_over`, went beyond its limit.
    """

    outcome: str
    target: Decimal | None = None
    value: Decimal | None = None
    gap: Decimal = Decimal(0)
    gap_percent: Decimal | None = None
    gap_points: Decimal | None = None
    levels_short: int = 0
    is_over: bool = False
    is_exact: bool = False
    within_uncertainty: bool = False
    unit: str = ""
    reason: str = ""
    warnings: Sequence[str] = ()

    @property
    def is_met(self) -> bool:
        return self.outcome == Outcome.MET

    @property
    def text(self) -> str:
        """The verdict in words, with its distance: short by 1.9 %, short by 3.8 pp, exactly reached."""
        if self.outcome == Outcome.NOT_MEASURED:
            return _("not measured")
        if self.outcome == Outcome.INCOMPARABLE:
            return self.reason or _("cannot be compared")
        if self.outcome == Outcome.MET:
            return _("exactly reached") if self.is_exact else _("met")
        if self.levels_short:
            return _("%(count)d level(s) short") % {"count": self.levels_short}
        if self.is_exact:
            return _("equal, but it must be passed")
        return (_("over by %(distance)s") if self.is_over else _("short by %(distance)s")) % {"distance": self.distance}

    @property
    def distance(self) -> str:
        """How far a missed value lies from its target: 1.9%, 3.8 pp or 2 dBc; empty otherwise."""
        if self.outcome != Outcome.MISSED or not self.gap:
            return ""
        if self.gap_points is not None:
            return f"{shown(self.gap_points)} pp"
        if self.gap_percent is not None:
            return f"{shown(self.gap_percent)}%"
        return f"{plain(self.gap)} {self.unit}".strip()


@dataclass(frozen=True)
class Change:
    """A before and an after: relative change in percent, and points where the values are percentages (N2)."""

    before: Decimal
    after: Decimal
    unit: str
    percent: Decimal | None
    points: Decimal | None

    @property
    def text(self) -> str:
        """Both readings, never mixed: −25% (−1 pp)."""
        parts = []
        if self.percent is not None:
            parts.append(f"{signed(self.percent)}%")
        if self.points is not None:
            points = f"{signed(self.points)} pp"
            parts.append(f"({points})" if parts else points)
        if not parts:
            parts.append(f"{signed(self.after - self.before)} {self.unit}".strip())
        return " ".join(parts)


@dataclass(frozen=True)
class Summary:
    """Many verdicts counted."""

    met: int = 0
    missed: int = 0
    not_measured: int = 0
    incomparable: int = 0
    must_all_met: bool = True
    verdicts: Sequence[Verdict] = field(default_factory=tuple)
