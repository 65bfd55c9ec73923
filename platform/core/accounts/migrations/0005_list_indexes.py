from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while the list is read and written

    dependencies = [
        ("accounts", "0004_sign_on"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(fields=["name"], name="organisation_name"),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(fields=["state"], name="organisation_state"),
        ),
    ]
