import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_list_indexes"),
        ("chains", "0001_initial"),
        ("indicators", "0003_change_in"),
        ("needs", "0013_results"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="cleared_for_pilot_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="result",
            name="cleared_for_pilot_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("applied_on", models.DateField(verbose_name="In use since")),
                ("effect", models.TextField(verbose_name="Effect")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Self-declared"),
                            ("confirmed", "Confirmed by the user"),
                            ("denied", "Denied by the user"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="claimed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="chains.chainnode",
                        verbose_name="Node that adopted it",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="needs.result",
                        verbose_name="Result",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="accounts.organisation",
                        verbose_name="User of the result",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="needs.application"
                    ),
                ),
                (
                    "need",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follows", to="needs.need"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("period", models.CharField(max_length=80, verbose_name="Period")),
                ("is_from_factor", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("declared", "Self-declared"),
                            ("verified", "Verified by the user"),
                            ("disputed", "Disputed by the user"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="declared",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="needs.application"
                    ),
                ),
                (
                    "measurement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.measurement"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="Reinvestment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                ("invested_on", models.DateField(verbose_name="Invested on")),
                ("purpose", models.TextField(verbose_name="What for")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reinvestments",
                        to="needs.application",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.followup",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-invested_on", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ResultRequirement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("standard", "Production standard"), ("cost", "Cost cap at volume")],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("clause", models.CharField(blank=True, max_length=200, verbose_name="Standard and clause")),
                (
                    "volume",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Annual volume"
                    ),
                ),
                ("volume_unit", models.CharField(blank=True, max_length=40, verbose_name="Unit of the volume")),
                ("waived_at", models.DateTimeField(blank=True, null=True)),
                ("waive_reason", models.TextField(blank=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requirements", to="needs.result"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                (
                    "waived_by",
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
                "ordering": ["created_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["claimed", "confirmed", "denied", "withdrawn"])),
                name="application_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("result", "node", "user"),
                name="application_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["declared", "verified", "disputed", "withdrawn"])),
                name="outcome_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reinvestment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="reinvestment_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="resultrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["standard", "cost"])), name="requirement_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "standard"), _negated=True),
                    models.Q(("clause", ""), _negated=True),
                    _connector="OR",
                ),
                name="standard_has_clause",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "cost"), _negated=True),
                    models.Q(("volume__gt", 0), models.Q(("volume_unit", ""), _negated=True)),
                    _connector="OR",
                ),
                name="cost_has_volume",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("waived_at__isnull", True),
                    models.Q(("waived_by__isnull", False), models.Q(("waive_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="waiver_has_name",
            ),
        ),
    ]
