import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import append_only


class Migration(migrations.Migration):
    """Indicators. A specification that somebody signed never changes under them; a measurement neither."""

    replaces = [("indicators", "0001_initial"), ("indicators", "0002_only_grows"), ("indicators", "0003_change_in")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
        ("files", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Specification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="specifications",
                        to="indicators.indicator",
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=120, verbose_name="Indicator")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("threshold", "Threshold"),
                            ("range", "Range"),
                            ("relative", "Change against a baseline"),
                            ("level", "Level"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "operator",
                    models.CharField(
                        blank=True,
                        choices=[("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"), ("eq", "=")],
                        max_length=4,
                        verbose_name="Operator",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Target"),
                ),
                (
                    "low",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Lower end"
                    ),
                ),
                (
                    "high",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Upper end"
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=40, verbose_name="Level")),
                (
                    "level_scale",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="Unit")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("higher", "higher is better"),
                            ("lower", "lower is better"),
                            ("within", "within the range"),
                            ("level", "level reached"),
                        ],
                        max_length=10,
                        verbose_name="Direction",
                    ),
                ),
                (
                    "baseline_value",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Baseline"
                    ),
                ),
                ("baseline_unit", models.CharField(blank=True, max_length=40, verbose_name="Baseline's unit")),
                ("baseline_period", models.CharField(blank=True, max_length=80, verbose_name="Baseline's period")),
                ("baseline_source", models.CharField(blank=True, max_length=300, verbose_name="Baseline's source")),
                (
                    "baseline_claim",
                    models.CharField(
                        blank=True,
                        choices=[("self_declared", "Self-declared"), ("verified", "Verified")],
                        max_length=20,
                        verbose_name="Who says so",
                    ),
                ),
                (
                    "change_in",
                    models.CharField(
                        choices=[("percent", "percent of the baseline"), ("points", "percentage points")],
                        db_default="percent",
                        default="percent",
                        max_length=10,
                        verbose_name="Change counted in",
                    ),
                ),
                (
                    "factor",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Factor"),
                ),
                ("original_words", models.CharField(blank=True, max_length=120, verbose_name="Original words")),
                ("method", models.CharField(blank=True, max_length=300, verbose_name="Test method")),
                ("is_must", models.BooleanField(default=True, verbose_name="Must-have")),
                ("needs_sample", models.BooleanField(default=False, verbose_name="Needs a sample size")),
                ("notes", models.TextField(blank=True, verbose_name="Notes")),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "number"), name="specification_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["threshold", "range", "relative", "level"])),
                        name="specification_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["higher", "lower", "within", "level"])),
                        name="specification_direction_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("change_in__in", ["percent", "points"])), name="specification_change_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "threshold"), _negated=True),
                            models.Q(("target__isnull", False), models.Q(("operator", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="threshold_has_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "range"), _negated=True),
                            ("low__isnull", False),
                            ("high__isnull", False),
                            _connector="OR",
                        ),
                        name="range_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "level"), _negated=True),
                            models.Q(("level", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="level_has_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "relative"), _negated=True),
                            models.Q(
                                ("baseline_value__isnull", False),
                                models.Q(("unit", ""), _negated=True),
                                models.Q(("baseline_period", ""), _negated=True),
                                models.Q(("baseline_source", ""), _negated=True),
                                models.Q(("baseline_claim", ""), _negated=True),
                                models.Q(("target__isnull", False), ("factor__isnull", False), _connector="OR"),
                            ),
                            _connector="OR",
                        ),
                        name="relative_has_baseline",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="indicators.specification",
                    ),
                ),
                ("subject_type", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.UUIDField(db_index=True, null=True)),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Value"),
                ),
                (
                    "low",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="From"),
                ),
                (
                    "high",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="To"),
                ),
                ("level", models.CharField(blank=True, max_length=40, verbose_name="Level")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="Unit")),
                (
                    "uncertainty",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Uncertainty"
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lab", "Laboratory"),
                            ("pilot", "Pilot"),
                            ("line", "Production line"),
                            ("field", "Field"),
                        ],
                        max_length=10,
                        verbose_name="Environment",
                    ),
                ),
                ("measured_on", models.DateField(blank=True, null=True, verbose_name="Measured on")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="Source")),
                ("sample_size", models.PositiveIntegerField(blank=True, null=True, verbose_name="Sample size")),
                (
                    "claim",
                    models.CharField(
                        choices=[("self_declared", "Self-declared"), ("verified", "Verified")],
                        default="self_declared",
                        max_length=20,
                        verbose_name="Who says so",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                ("is_not_measured", models.BooleanField(default=False)),
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
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["specification", "-created_at"], name="measurement_of_spec")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("claim__in", ["self_declared", "verified"])), name="measurement_claim_known"
                    )
                ],
            },
        ),
        *append_only("indicators_specification"),
        *append_only("indicators_measurement"),
    ]
