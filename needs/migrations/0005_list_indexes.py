from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while the list is read and written

    dependencies = [
        ("accounts", "0005_list_indexes"),
        ("chains", "0001_initial"),
        ("needs", "0004_library_and_surveys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="challenge",
            index=models.Index(fields=["state"], name="challenge_state"),
        ),
        AddIndexConcurrently(
            model_name="challenge",
            index=models.Index(
                models.OrderBy(models.F("deadline_at"), descending=True, nulls_last=True),
                name="challenge_last_deadline",
            ),
        ),
        AddIndexConcurrently(
            model_name="need",
            index=models.Index(fields=["state"], name="need_state"),
        ),
        AddIndexConcurrently(
            model_name="need",
            index=models.Index(fields=["demand_side"], name="need_side"),
        ),
        AddIndexConcurrently(
            model_name="need",
            index=models.Index(
                fields=["owner"], condition=models.Q(("confidentiality", "restricted")), name="need_restricted"
            ),
        ),
    ]
