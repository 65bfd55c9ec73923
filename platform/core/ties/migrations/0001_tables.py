import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """Who is tied to whom."""

    replaces = [("ties", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tie",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "to_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties_here",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employed", "employed by"),
                            ("co_applied", "applied together with"),
                            ("shared_project", "shared a project with"),
                            ("declared", "declared"),
                            ("owns", "holds a share of"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("source_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-since_on"],
                "indexes": [models.Index(fields=["to_organisation", "person"], name="tie_pair")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["employed", "co_applied", "shared_project", "declared", "owns"])
                        ),
                        name="tie_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organisation__isnull", True), ("person__isnull", False)),
                            models.Q(("organisation__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="tie_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on__isnull", True), ("until_on__gte", models.F("since_on")), _connector="OR"
                        ),
                        name="tie_ends_after",
                    ),
                ],
            },
        ),
    ]
