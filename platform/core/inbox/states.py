"""The life of a task, and how a kind of message comes by e-mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class TaskState(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("No longer needed")


TASK = Machine(
    Move("finish_task", [TaskState.OPEN], TaskState.DONE),
    Move("cancel_task", [TaskState.OPEN], TaskState.CANCELLED),
)


class Mailing(models.TextChoices):
    """When the e-mail about something goes out."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("In the daily digest")
    NEVER = "never", _("No e-mail")
