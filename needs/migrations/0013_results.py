import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import runtime_role


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_list_indexes"),
        ("chains", "0001_initial"),
        ("indicators", "0003_change_in"),
        ("needs", "0012_resources"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE SEQUENCE needs_result_number; GRANT USAGE ON SEQUENCE needs_result_number TO {runtime_role()};",
            "DROP SEQUENCE needs_result_number;",
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("text", models.TextField(verbose_name="Description")),
                (
                    "demand_side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rd", "R&D"),
                            ("production", "Production"),
                            ("supply", "Supply chain"),
                            ("service", "Service"),
                        ],
                        max_length=20,
                        verbose_name="Demand side",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="Technical field")),
                (
                    "trl",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Technology readiness (TRL)"),
                ),
                ("advancement", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Advancement")),
                ("fit_process", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Process fit")),
                ("fit_standard", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Standards fit")),
                ("fit_cost", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Cost fit")),
                ("fit_supply", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Supply fit")),
                (
                    "fit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Industrial fit"
                    ),
                ),
                ("scores_basis", models.TextField(blank=True, verbose_name="What the scores rest on")),
                (
                    "origin_project_id",
                    models.UUIDField(blank=True, db_index=True, null=True, verbose_name="Project it comes from"),
                ),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[
                            ("members", "All members of the platform"),
                            ("restricted", "Only the parties"),
                            ("public", "Everyone, also without signing in"),
                        ],
                        default="members",
                        max_length=20,
                        verbose_name="Who may read it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results_here",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                (
                    "nodes",
                    models.ManyToManyField(
                        related_name="results", to="chains.chainnode", verbose_name="Nodes that it suits"
                    ),
                ),
                (
                    "origin_need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="needs.need",
                        verbose_name="Need it answers",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ResultValue",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values_measured", to="needs.result"
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
                "ordering": ["position", "created_at"],
            },
        ),
        migrations.CreateModel(
            name="Capability",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("team", models.CharField(blank=True, max_length=120, verbose_name="Team")),
                ("text", models.TextField(verbose_name="Description")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Tags",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="Technical field")),
                (
                    "state",
                    models.CharField(
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="published",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "nodes",
                    models.ManyToManyField(
                        related_name="capabilities", to="chains.chainnode", verbose_name="Chain nodes"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capabilities",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "capabilities",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state"], name="capability_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])), name="capability_state_known"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="result",
            index=models.Index(fields=["state"], name="result_state"),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "published", "withdrawn"])), name="result_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidentiality__in", ["members", "restricted", "public"])),
                name="result_confidentiality_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("demand_side", ""), ("demand_side__in", ["rd", "production", "supply", "service"]), _connector="OR"
                ),
                name="result_side_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(("trl__isnull", True), models.Q(("trl__gte", 1), ("trl__lte", 9)), _connector="OR"),
                name="result_trl_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("advancement__isnull", True), ("advancement__lte", 100), _connector="OR"),
                    models.Q(("fit_process__isnull", True), ("fit_process__lte", 100), _connector="OR"),
                    models.Q(("fit_standard__isnull", True), ("fit_standard__lte", 100), _connector="OR"),
                    models.Q(("fit_cost__isnull", True), ("fit_cost__lte", 100), _connector="OR"),
                    models.Q(("fit_supply__isnull", True), ("fit_supply__lte", 100), _connector="OR"),
                ),
                name="result_scores_to_100",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultvalue",
            constraint=models.UniqueConstraint(fields=("result", "specification"), name="result_value_once"),
        ),
    ]
