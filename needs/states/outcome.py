"""Where results are applied, what came of it, and what a result must pass before its pilot (R010, R017, R018, R025)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ApplicationState(models.TextChoices):
    CLAIMED = "claimed", _("Self-declared")
    CONFIRMED = "confirmed", _("Confirmed by the user")
    DENIED = "denied", _("Denied by the user")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What counts where applications are counted.
APPLIED = (ApplicationState.CLAIMED, ApplicationState.CONFIRMED)

APPLICATION = Machine(
    Move("confirm_application", [ApplicationState.CLAIMED, ApplicationState.DENIED], ApplicationState.CONFIRMED),
    Move("deny_application", [ApplicationState.CLAIMED, ApplicationState.CONFIRMED], ApplicationState.DENIED),
    Move("withdraw_application", [*APPLIED, ApplicationState.DENIED], ApplicationState.WITHDRAWN),
)


class OutcomeState(models.TextChoices):
    DECLARED = "declared", _("Self-declared")
    VERIFIED = "verified", _("Verified by the user")
    DISPUTED = "disputed", _("Disputed by the user")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OUTCOME = Machine(
    Move("verify_outcome", [OutcomeState.DECLARED, OutcomeState.DISPUTED], OutcomeState.VERIFIED),
    Move("dispute_outcome", [OutcomeState.DECLARED, OutcomeState.VERIFIED], OutcomeState.DISPUTED),
    Move(
        "withdraw_outcome",
        [OutcomeState.DECLARED, OutcomeState.VERIFIED, OutcomeState.DISPUTED],
        OutcomeState.WITHDRAWN,
    ),
)


class RequirementKind(models.TextChoices):
    """What is asked of a result before its pilot (R010)."""

    STANDARD = "standard", _("Production standard")
    COST = "cost", _("Cost cap at volume")
