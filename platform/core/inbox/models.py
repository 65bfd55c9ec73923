"""Tasks and notifications, whose sentences are kept as message ids with values and read in the reader's language;
what people want to be told and how, who covers for whom, and the address of a person's calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext

from core.accounts.models import Organisation, Person
from core.accounts.states import Role
from core.db import UuidModel, VersionedModel, known_states
from core.inbox.states import Mailing, TaskState

ZONE = "Asia/Shanghai"
DIGEST_AT = dt.time(8)
MSGID = "msgid"  # a value {MSGID: …} of a sentence is itself translated when the sentence is read


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
        read = {name: gettext(value[MSGID]) if isinstance(value, dict) else value for name, value in params.items()}
        return gettext(message) % read
    except (KeyError, ValueError, TypeError):
        return gettext(message)


class Task(_Told):
    """What waits for one person, or for whoever holds a role in an organisation; it closes when the thing is done.

    `holder` is the member to whom a task of the organisation was handed on; `closed_by` whoever did what closed it.
    """

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
    holder = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks_held")
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

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
    """What happened, for one person; also the e-mail about a task, which shows in the product as the task itself.

    `mail_after` is the moment from which the e-mail may go out; null when none shall.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notifications")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=200, unique=True)
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_shown = models.BooleanField(default=True, db_default=True)
    mail = models.CharField(
        max_length=10, choices=Mailing.choices, default=Mailing.AT_ONCE, db_default=Mailing.AT_ONCE.value
    )
    mail_after = models.DateTimeField(null=True, blank=True, db_default=Now())
    mail_failures = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notification_person"),
            models.Index(
                fields=["mail_after"],
                condition=models.Q(mailed_at__isnull=True, mail_after__isnull=False),
                name="notification_to_mail",
            ),
        ]
        constraints = [known_states("mail", Mailing, "notification_mail_known")]


class Preferences(VersionedModel):
    """When a person wants e-mail. Whoever chose nothing gets it at once, at any hour, and has no row."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="preferences")
    zone = models.CharField(max_length=60, default=ZONE)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(default=DIGEST_AT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (
                    models.Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_to"))
                ),
                name="preferences_quiet_hours_have_two_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Choice(UuidModel):
    """What a person chose for one kind: whether it shows in the product, and how it comes by e-mail."""

    preferences = models.ForeignKey(Preferences, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=60)
    is_shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=10, choices=Mailing.choices, default=Mailing.AT_ONCE)

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["preferences", "kind"], name="choice_once_per_kind"),
            known_states("mail", Mailing, "choice_mail_known"),
        ]

    def __str__(self) -> str:
        return self.kind


class Absence(UuidModel):
    """While a person is away, another member of the organisation sees their tasks as well. It gives no right to act."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    cover = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="covers")
    starts_on = models.DateField()
    ends_on = models.DateField()
    # The same days as moments, by the zone in which the person named them.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["cover", "organisation", "ends_at"], name="absence_cover")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~models.Q(person=models.F("cover")), name="absence_covered_by_another"),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    ("person", "="),
                    ("organisation", "="),
                    (
                        models.Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        "&&",
                    ),
                ],
                condition=models.Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.cover}"


class Feed(UuidModel):
    """The secret address of a person's calendar: found by its hash, shown again to the person alone; closed, it is empty."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField(blank=True)
    renewed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} · {self.renewed_at:%F}"
