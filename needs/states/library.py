"""The fixed choices of the library."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.TextChoices):
    """How often the owner of a saved search is told of what is new."""

    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    NEVER = "never", _("Never; I look myself")


EVERY = {Pace.HOURLY: dt.timedelta(hours=1), Pace.DAILY: dt.timedelta(days=1), Pace.WEEKLY: dt.timedelta(days=7)}


class BudgetBand(models.TextChoices):
    """Bands of budgets; the first fits a study, the last a pilot line."""

    SMALL = "small", _("Under 500,000 yuan")
    MIDDLE = "middle", _("500,000 to 2 million")
    LARGE = "large", _("2 to 10 million")
    HUGE = "huge", _("10 million and more")
    UNSAID = "unsaid", _("Not said")


class DeadlineBand(models.TextChoices):
    """When a need is wanted, counted from today."""

    PAST = "past", _("Date has passed")
    SOON = "soon", _("Within 90 days")
    YEAR = "year", _("Within a year")
    LATER = "later", _("In more than a year")
    UNSAID = "unsaid", _("Not said")


class Freshness(models.TextChoices):
    """Whether the owner has confirmed a need by its review date (R021)."""

    FRESH = "fresh", _("Confirmed in time")
    STALE = "stale", _("Review overdue")
    DORMANT = "dormant", _("Out of matching")
