from importlib import import_module

from django.db import migrations

ranking = import_module("core.search.migrations.0003_ranking")


class Migration(migrations.Migration):
    """The same file of terms, longer; documents take the new words up."""

    dependencies = [("search", "0003_ranking")]
    operations = [
        migrations.RunPython(ranking.seed, migrations.RunPython.noop),
        migrations.RunPython(ranking.weigh, migrations.RunPython.noop),
    ]
