"""What the inbox itself tells people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "inbox",
    _("Inbox"),
    told={
        "task_handed_on": _("A colleague hands a task on to me"),
        "cover_named": _("I cover for a colleague"),
        "tasks_left": _("A member left, and their tasks remain"),
    },
    order=10,
)
