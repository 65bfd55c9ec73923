import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Capabilities that stand on no one object."""

    replaces = [("access", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganisationGroup",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="grant_group",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="organisation_group", to="auth.group"
                    ),
                ),
            ],
        ),
    ]
