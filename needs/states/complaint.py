"""The life of complaints and of the clusters they form (R023)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class Reach(models.TextChoices):
    """Who reads the words of a complaint."""

    MEMBERS = "members", _("All members of the platform")
    LEADER = "leader", _("Only the chain's leader")


class ComplaintState(models.TextChoices):
    OPEN = "open", _("Open")
    WITHDRAWN = "withdrawn", _("Withdrawn")


COMPLAINT = Machine(Move("withdraw_complaint", [ComplaintState.OPEN], ComplaintState.WITHDRAWN))


class ClusterState(models.TextChoices):
    OPEN = "open", _("Collecting")
    ANSWERED = "answered", _("Has become a need")
    DISSOLVED = "dissolved", _("Dissolved")


CLUSTER = Machine(
    Move("answer_cluster", [ClusterState.OPEN, ClusterState.ANSWERED], ClusterState.ANSWERED),
    Move("dissolve_cluster", [ClusterState.OPEN], ClusterState.DISSOLVED),
)
