"""The seats of a panel."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class PanelState(models.TextChoices):
    INVITED = "invited", _("Asked for a declaration")
    CLEARED = "cleared", _("No conflict")
    CONFLICTED = "conflicted", _("In conflict of interest")
    RECUSED = "recused", _("Stepped back")


PANEL = Machine(
    Move("declare_no_conflict", [PanelState.INVITED, PanelState.CLEARED], PanelState.CLEARED),
    Move("declare_conflict", [PanelState.INVITED, PanelState.CLEARED], PanelState.CONFLICTED),
    Move("find_conflict", [PanelState.INVITED, PanelState.CLEARED], PanelState.CONFLICTED),
    Move("recuse", [PanelState.INVITED, PanelState.CLEARED], PanelState.RECUSED),
)

# Seats that somebody holds; a seat in conflict or left is empty and waits for a replacement.
SEATED = [PanelState.INVITED, PanelState.CLEARED]
