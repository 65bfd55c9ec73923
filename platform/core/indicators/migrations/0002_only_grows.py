from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    """A specification that somebody signed never changes under them; a measurement neither."""

    dependencies = [("indicators", "0001_initial")]

    operations = [*append_only("indicators_specification"), *append_only("indicators_measurement")]
