"""The life of an award: proposed by one signature, signed by the second."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class AwardState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for the second signature")
    SIGNED = "signed", _("Signed")
    VOIDED = "voided", _("Voided")


AWARD = Machine(
    Move("edit_award", [AwardState.PROPOSED], AwardState.PROPOSED),
    Move("sign_award", [AwardState.PROPOSED], AwardState.SIGNED),
    Move("void_award", [AwardState.PROPOSED], AwardState.VOIDED),
)

LIVE = [AwardState.PROPOSED, AwardState.SIGNED]
