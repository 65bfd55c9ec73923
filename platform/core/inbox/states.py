"""The life of a task."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("No longer needed")


TASK = Machine(
    Move("finish_task", [TaskState.OPEN], TaskState.DONE),
    Move("cancel_task", [TaskState.OPEN], TaskState.CANCELLED),
)
