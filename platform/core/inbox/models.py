"""Tasks and notifications; the sentences are kept as message ids with values and read in the reader's language."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext

from core.accounts.models import Organisation, Person
from core.accounts.states import Role
from core.db import UuidModel, known_states
from core.inbox.states import TaskState


class _Told(UuidModel):
    """A sentence with values, about an object, with a link."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    params = models.JSONField(default=dict, blank=True)
    why = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=300, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The title in the present language."""
        return _filled(self.title, self.params)

    @property
    def reason(self) -> str:
        """Why it is told to the reader, in the present language."""
        return _filled(self.why, self.params)


def _filled(message: str, params: dict[str, Any]) -> str:
    if not message:
        return ""
    try:
        return gettext(message) % params
    except (KeyError, ValueError, TypeError):
        return gettext(message)


class Task(_Told):
    """What waits for one person, or for whoever holds a role in an organisation; it closes when the thing is done."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=TaskState.choices, default=TaskState.OPEN)
    key = models.CharField(max_length=200, unique=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["due_at", "created_at"]
        indexes = [
            models.Index(fields=["person", "due_at"], condition=models.Q(state="open"), name="task_open_person"),
            models.Index(fields=["organisation", "due_at"], condition=models.Q(state="open"), name="task_open_org"),
        ]
        constraints = [
            known_states("state", TaskState, "task_state_known"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(organisation__isnull=False),
                name="task_has_somebody",
            ),
        ]


class Notification(_Told):
    """What happened, for one person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notifications")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["person", "-created_at"], name="notification_person")]
