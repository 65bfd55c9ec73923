from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while the list is read and written

    dependencies = [("needs", "0008_library")]

    operations = [
        AddIndexConcurrently(model_name="need", index=models.Index(fields=["field"], name="need_field")),
        AddIndexConcurrently(model_name="need", index=models.Index(fields=["region_code"], name="need_region")),
        AddIndexConcurrently(model_name="need", index=models.Index(fields=["published_at"], name="need_published")),
        AddIndexConcurrently(
            model_name="need",
            index=models.Index(fields=["review_on"], condition=models.Q(("state", "published")), name="need_review"),
        ),
    ]
