"""The life of a result and of a capability, and the parts of industrial fit (R009)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ResultState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RESULT = Machine(
    Move("publish_result", [ResultState.DRAFT], ResultState.PUBLISHED),
    Move("withdraw_result", [ResultState.DRAFT, ResultState.PUBLISHED], ResultState.WITHDRAWN),
)


class CapabilityState(models.TextChoices):
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


CAPABILITY = Machine(Move("withdraw_capability", [CapabilityState.PUBLISHED], CapabilityState.WITHDRAWN))


class FitPart(models.TextChoices):
    """What makes up industrial fit; each part is judged by itself, and one not judged does not move the mean."""

    PROCESS = "process", _("Process fit")
    STANDARD = "standard", _("Standards fit")
    COST = "cost", _("Cost fit")
    SUPPLY = "supply", _("Supply fit")
