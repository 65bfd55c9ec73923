"""Who may see and handle tasks and notifications."""

from __future__ import annotations

from core.access import policy
from core.inbox.models import Notification, Task
from core.inbox.queries import notifications_visible_to, tasks_visible_to

policy.visible(Task, "inbox.view_task", tasks_visible_to)
policy.visible(Notification, "inbox.view_notification", notifications_visible_to)
policy.register(
    {"inbox.read_notification": lambda actor, row: actor.person is not None and row.person_id == actor.person.pk}
)
