"""Who may see and handle tasks, notifications, preferences, absences and the calendar's address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import Role
from core.inbox.models import Absence, Notification, Task
from core.inbox.queries import absences_visible_to, notifications_visible_to, tasks_visible_to


def is_a_person(actor: Actor, row: Any = None) -> bool:
    return actor.person is not None


def is_for_oneself(actor: Actor, row: Any) -> bool:
    return actor.person is not None and row.person_id == actor.person.pk


def is_a_member(actor: Actor, row: Any = None) -> bool:
    return actor.person is not None and actor.organisation is not None


def hands_on(actor: Actor, task: Task) -> bool:
    """Whoever sees a task of the organisation they act for; what is asked of a person, the action refuses itself."""
    return actor.person is not None and (task.person_id is not None or actor.belongs_to(task.organisation_id))


def ends_cover(actor: Actor, absence: Absence) -> bool:
    """The absent person, and the organisation's admins."""
    return is_for_oneself(actor, absence) or (
        actor.person is not None and actor.belongs_to(absence.organisation_id) and Role.ADMIN in actor.roles
    )


policy.visible(Task, "inbox.view_task", tasks_visible_to)
policy.visible(Notification, "inbox.view_notification", notifications_visible_to)
policy.visible(Absence, "inbox.view_absence", absences_visible_to)
policy.register(
    {
        "inbox.read_notification": is_for_oneself,
        "inbox.read_all_notifications": is_a_person,
        "inbox.view_preferences": is_a_person,
        "inbox.edit_preferences": is_a_person,
        "inbox.hand_on_task": hands_on,
        "inbox.name_cover": is_a_member,
        "inbox.end_cover": ends_cover,
        "inbox.view_deadlines": lambda actor, row: actor.is_signed_in,
        "inbox.view_feed": is_a_person,
        "inbox.renew_feed": is_a_person,
        "inbox.revoke_feed": is_a_person,
    },
    told={
        "inbox.end_cover": _("Only who is away, or an admin of the organisation, ends the cover."),
        "inbox.view_preferences": _("Only people have preferences; a machine client has none."),
        "inbox.edit_preferences": _("Only people have preferences; a machine client has none."),
    },
    # The address opens the calendar without signing in.
    fresh=["inbox.renew_feed"],
)
