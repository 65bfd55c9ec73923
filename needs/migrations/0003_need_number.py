from django.db import migrations

from core.db import runtime_role


def sequence(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE SEQUENCE {name}; GRANT USAGE ON SEQUENCE {name} TO {runtime_role()};", f"DROP SEQUENCE {name};"
    )


class Migration(migrations.Migration):
    """The running number of needs."""

    dependencies = [("needs", "0002_challenge_sequence")]

    operations = [sequence("needs_need_number")]
