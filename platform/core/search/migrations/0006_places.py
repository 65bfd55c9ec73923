import uuid

import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.search.models


class Migration(migrations.Migration):
    """Where documents lie in what was learnt; until the task `search.weigh` has placed them they are found by words alone."""

    dependencies = [("search", "0005_holding")]

    operations = [
        migrations.CreateModel(
            name="Learnt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("number", models.PositiveIntegerField(unique=True)),
                ("documents", models.PositiveIntegerField()),
                ("planes", models.BinaryField()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="LearntWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=100)),
                ("rarity", models.FloatField()),
                ("vector", models.BinaryField()),
                (
                    "learnt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="words", to="search.learnt"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("learnt", "token"), name="learnt_word_once")],
            },
        ),
        migrations.AddField("document", "place", core.search.models.Signs(null=True)),
        migrations.AddField("document", "place_of", models.PositiveIntegerField(db_default=0, default=0)),
    ]
