"""The life of an objection against a proposed award."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ObjectionState(models.TextChoices):
    RAISED = "raised", _("Waits for an answer")
    DISMISSED = "dismissed", _("Dismissed")
    UPHELD = "upheld", _("Upheld")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OBJECTION = Machine(
    Move("assign_objection", [ObjectionState.RAISED], ObjectionState.RAISED),
    Move("dismiss_objection", [ObjectionState.RAISED], ObjectionState.DISMISSED),
    Move("uphold_objection", [ObjectionState.RAISED], ObjectionState.UPHELD),
    Move("withdraw_objection", [ObjectionState.RAISED], ObjectionState.WITHDRAWN),
)
