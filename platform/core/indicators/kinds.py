"""The enumerations of indicators."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How a target is written (R015, R128)."""

    THRESHOLD = "threshold", _("Threshold")
    RANGE = "range", _("Range")
    RELATIVE = "relative", _("Change against a baseline")
    LEVEL = "level", _("Level")


class Operator(models.TextChoices):
    GE = "ge", "≥"
    GT = "gt", ">"
    LE = "le", "≤"
    LT = "lt", "<"
    EQ = "eq", "="


class ChangeIn(models.TextChoices):
    """How a change against a baseline is counted; +10% of 60% is 66%, +10 points is 70% (N2)."""

    PERCENT = "percent", _("percent of the baseline")
    POINTS = "points", _("percentage points")


class Direction(models.TextChoices):
    """Which way is better (N4)."""

    HIGHER = "higher", _("higher is better")
    LOWER = "lower", _("lower is better")
    WITHIN = "within", _("within the range")
    LEVEL = "level", _("level reached")


class Environment(models.TextChoices):
    """Where a value was measured (R011)."""

    LAB = "lab", _("Laboratory")
    PILOT = "pilot", _("Pilot")
    LINE = "line", _("Production line")
    FIELD = "field", _("Field")


class Claim(models.TextChoices):
    """Who says so (N1, N8)."""

    SELF_DECLARED = "self_declared", _("Self-declared")
    VERIFIED = "verified", _("Verified")


class Outcome(models.TextChoices):
    """What a comparison comes to; not measured is a verdict of its own."""

    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    NOT_MEASURED = "not_measured", _("Not measured")
    INCOMPARABLE = "incomparable", _("Cannot be compared")


OPERATOR_DIRECTION = {
    Operator.GE: Direction.HIGHER,
    Operator.GT: Direction.HIGHER,
    Operator.LE: Direction.LOWER,
    Operator.LT: Direction.LOWER,
    Operator.EQ: Direction.WITHIN,
}
