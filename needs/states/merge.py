"""The life of a proposal to merge two needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class MergeState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for consent")
    MERGED = "merged", _("Merged")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MERGE = Machine(
    Move("merge_needs", [MergeState.PROPOSED], MergeState.MERGED),
    Move("decline_merge", [MergeState.PROPOSED], MergeState.DECLINED),
    Move("withdraw_merge", [MergeState.PROPOSED], MergeState.WITHDRAWN),
)
