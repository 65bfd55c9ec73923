import uuid

import django.db.models.deletion
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """Events that wait to be told."""

    replaces = [("outbox", "0001_initial"), ("outbox", "0002_request_id")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=100)),
                ("payload", models.JSONField()),
                ("request_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(blank=True)),
                ("retry_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", True)), fields=["created_at"], name="event_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="outbox.event"
                    ),
                ),
                ("handler", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("event", "handler"), name="delivery_once")],
            },
        ),
    ]
