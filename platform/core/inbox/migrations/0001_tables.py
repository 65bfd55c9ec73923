import datetime
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """Tasks, notices, wishes and cover."""

    replaces = [("inbox", "0001_initial"), ("inbox", "0002_wishes_cover_and_calendar")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=300)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("object_type", models.CharField(blank=True, max_length=60)),
                ("object_id", models.UUIDField(blank=True, db_index=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("admin", "Admin"),
                            ("member", "Member"),
                            ("signatory", "Signatory"),
                            ("finance", "Finance"),
                            ("approver", "Stage-fund approver"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("cancelled", "No longer needed")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks_held",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["person", "due_at"], name="task_open_person"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["organisation", "due_at"], name="task_open_org"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "done", "cancelled"])), name="task_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person__isnull", False), ("organisation__isnull", False), _connector="OR"),
                        name="task_has_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=300)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("object_type", models.CharField(blank=True, max_length=60)),
                ("object_id", models.UUIDField(blank=True, db_index=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("body", models.TextField(blank=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inbox.task",
                    ),
                ),
                ("is_shown", models.BooleanField(db_default=True, default=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "In the daily digest"), ("never", "No e-mail")],
                        db_default="at_once",
                        default="at_once",
                        max_length=10,
                    ),
                ),
                (
                    "mail_after",
                    models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), null=True),
                ),
                ("mail_failures", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["person", "-created_at"], name="notification_person"),
                    models.Index(
                        condition=models.Q(("mail_after__isnull", False), ("mailed_at__isnull", True)),
                        fields=["mail_after"],
                        name="notification_to_mail",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["at_once", "daily", "never"])), name="notification_mail_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("zone", models.CharField(default="Asia/Shanghai", max_length=60)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                ("digest_at", models.TimeField(default=datetime.time(8, 0))),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                            models.Q(
                                ("quiet_from__isnull", False),
                                ("quiet_to__isnull", False),
                                models.Q(("quiet_from", models.F("quiet_to")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="preferences_quiet_hours_have_two_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "preferences",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="inbox.preferences"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("is_shown", models.BooleanField(default=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "In the daily digest"), ("never", "No e-mail")],
                        default="at_once",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("preferences", "kind"), name="choice_once_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["at_once", "daily", "never"])), name="choice_mail_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="covers", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-starts_at"],
                "indexes": [models.Index(fields=["cover", "organisation", "ends_at"], name="absence_cover")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="absence_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("cover")), _negated=True),
                        name="absence_covered_by_another",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        expressions=[
                            ("person", "="),
                            ("organisation", "="),
                            (
                                models.Func(
                                    "starts_at",
                                    "ends_at",
                                    function="tstzrange",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="absence_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("sealed", models.TextField(blank=True)),
                ("renewed_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
