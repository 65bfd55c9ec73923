"""The life of a proposal to those who research the same (R106)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class JointKind(models.TextChoices):
    """What those who research the same may do instead."""

    MERGE = "merge", _("Merge into one project")
    SPLIT = "split", _("Split the work")
    RACE = "race", _("Race, one is chosen at a gate")


class JointState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for consent")
    AGREED = "agreed", _("Agreed by all")
    CARRIED_OUT = "carried_out", _("Carried out")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


JOINT = Machine(
    # The last consent makes it an agreement.
    Move("agree_joint", [JointState.PROPOSED], JointState.AGREED),
    Move("decline_joint", [JointState.PROPOSED], JointState.DECLINED),
    Move("withdraw_joint", [JointState.PROPOSED], JointState.WITHDRAWN),
    Move("carry_out_joint", [JointState.AGREED], JointState.CARRIED_OUT),
)


class Consent(models.TextChoices):
    WAITING = "waiting", _("Not answered")
    GIVEN = "given", _("Agrees")
    REFUSED = "refused", _("Does not agree")
