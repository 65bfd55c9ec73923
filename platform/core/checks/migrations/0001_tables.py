import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import append_only


class Migration(migrations.Migration):
    """Alerts and thresholds; what was changed about a threshold only grows."""

    replaces = [("checks", "0001_initial"), ("checks", "0002_desk")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("code", models.CharField(db_index=True, max_length=10)),
                ("check_name", models.CharField(max_length=200)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField(db_index=True)),
                ("hit_key", models.CharField(blank=True, max_length=100)),
                ("object_label", models.CharField(max_length=200)),
                ("rule", models.TextField()),
                ("numbers", models.JSONField(default=dict)),
                ("clears", models.TextField(blank=True)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("to_operator", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "Raised"),
                            ("told", "Told"),
                            ("cleared", "Cleared"),
                            ("muted", "False alarm"),
                        ],
                        default="raised",
                        max_length=20,
                    ),
                ),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                (
                    "muted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("mute_reason", models.TextField(blank=True)),
                ("muted_until", models.DateTimeField(blank=True, null=True)),
                (
                    "severity",
                    models.CharField(
                        choices=[("notice", "Notice"), ("warning", "Warning"), ("critical", "Critical")],
                        db_default="warning",
                        default="warning",
                        max_length=10,
                        verbose_name="Severity",
                    ),
                ),
                ("chain_id", models.UUIDField(blank=True, db_index=True, null=True)),
                ("organisations", models.ManyToManyField(related_name="alerts", to="accounts.organisation")),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["raised", "told", "cleared", "muted"])),
                        name="alert_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["notice", "warning", "critical"])),
                        name="alert_severity_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["raised", "told", "muted"])),
                        fields=("check_name", "object_id", "hit_key"),
                        name="alert_alive_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertTold",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="told", to="checks.alert"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("is_folded", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("told_at__isnull", True)), fields=["person"], name="alert_to_tell")
                ],
                "constraints": [models.UniqueConstraint(fields=("alert", "person"), name="alert_told_once")],
            },
        ),
        migrations.CreateModel(
            name="Wave",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=10)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("last_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
                ("is_folded", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "code", "-last_at"], name="wave_last")],
            },
        ),
        migrations.CreateModel(
            name="ThresholdChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=40)),
                ("chain_id", models.UUIDField()),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("before", models.DecimalField(decimal_places=4, max_digits=18)),
                ("reason", models.TextField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["chain_id", "code", "name", "-created_at"], name="threshold_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="threshold_has_reason"
                    )
                ],
            },
        ),
        *append_only("checks_thresholdchange"),
    ]
