"""The life of a match between a need and an organisation (R001)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class PairingState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


PAIRING = Machine(
    Move("accept_pairing", [PairingState.PROPOSED], PairingState.ACCEPTED),
    Move("decline_pairing", [PairingState.PROPOSED], PairingState.DECLINED),
)
