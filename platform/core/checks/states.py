"""The life of an alert."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class AlertState(models.TextChoices):
    RAISED = "raised", _("Raised")
    TOLD = "told", _("Told")
    CLEARED = "cleared", _("Cleared")
    MUTED = "muted", _("False alarm")


ALIVE = (AlertState.RAISED, AlertState.TOLD, AlertState.MUTED)

ALERT = Machine(
    Move("tell", [AlertState.RAISED], AlertState.TOLD),
    Move("clear", ALIVE, AlertState.CLEARED),
    Move("mute_alert", [AlertState.RAISED, AlertState.TOLD], AlertState.MUTED),
)
