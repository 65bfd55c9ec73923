from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while the list is read and written

    dependencies = [
        ("accounts", "0005_list_indexes"),
        ("chains", "0001_initial"),
        ("needs", "0005_list_indexes"),
        ("projects", "0003_words_of_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="project",
            index=models.Index(fields=["state"], name="project_state"),
        ),
    ]
