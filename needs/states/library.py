"""The fixed choices of the library."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.TextChoices):
    """How often the owner of a saved search is told of what is new."""

    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    NEVER = "never", _("Never; I look myself")
