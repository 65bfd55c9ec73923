import uuid

from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """What was answered to each command, so that it takes effect once."""

    replaces = [("commands", "0001_initial"), ("commands", "0002_organisation")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CommandRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("actor_id", models.UUIDField()),
                ("organisation_id", models.UUIDField(null=True)),
                ("key", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("outcome", models.JSONField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("actor_id", "key"), name="command_key_once")],
            },
        ),
    ]
