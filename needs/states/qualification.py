"""The life of what shows that a result or a capability has a qualification (R127)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class EvidenceState(models.TextChoices):
    SUBMITTED = "submitted", _("Waits for the chain's leader")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


EVIDENCE = Machine(
    Move("confirm_qualification", [EvidenceState.SUBMITTED], EvidenceState.CONFIRMED),
    Move("refuse_qualification", [EvidenceState.SUBMITTED, EvidenceState.CONFIRMED], EvidenceState.REFUSED),
    Move("withdraw_qualification", [EvidenceState.SUBMITTED, EvidenceState.CONFIRMED], EvidenceState.WITHDRAWN),
)
