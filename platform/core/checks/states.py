"""The life of an alert, as one of the organisations told sees it: each mutes it for itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class AlertState(models.TextChoices):
    RAISED = "raised", _("Raised")
    TOLD = "told", _("Told")
    CLEARED = "cleared", _("Cleared")
    MUTED = "muted", _("False alarm")


class Severity(models.TextChoices):
    NOTICE = "notice", _("Notice")
    WARNING = "warning", _("Warning")
    CRITICAL = "critical", _("Critical")


OPEN = (AlertState.RAISED, AlertState.TOLD)
ALIVE = (AlertState.RAISED, AlertState.TOLD, AlertState.MUTED)

ALERT = Machine(
    Move("tell", [AlertState.RAISED], AlertState.TOLD),
    Move("clear", ALIVE, AlertState.CLEARED),
    Move("mute_alert", [AlertState.RAISED, AlertState.TOLD], AlertState.MUTED),
    Move("unmute_alert", [AlertState.MUTED], AlertState.TOLD),
)
