"""The life of an invitation to solve a need (R121)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class InvitationState(models.TextChoices):
    SENT = "sent", _("Waits for an answer")
    ACCEPTED = "accepted", _("Is interested")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INVITATION = Machine(
    Move("accept_solving", [InvitationState.SENT], InvitationState.ACCEPTED),
    Move("decline_solving", [InvitationState.SENT], InvitationState.DECLINED),
    Move("withdraw_solving", [InvitationState.SENT], InvitationState.WITHDRAWN),
)
