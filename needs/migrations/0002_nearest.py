import django.contrib.postgres.fields
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is nearest to an undertaking; the nightly round writes it down as it comes by."""

    atomic = False  # the index is built while people work

    dependencies = [("needs", "0001_tables")]

    operations = [
        migrations.AddField(
            "compared",
            "nearest",
            django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, null=True, size=None),
        ),
        AddIndexConcurrently("compared", GinIndex(fields=["nearest"], name="compared_nearest")),
    ]
