from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while documents are read and written

    dependencies = [("search", "0006_places")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                fields=["place_of"], include=("visibility", "kind", "id", "place"), name="document_place"
            ),
        ),
    ]
