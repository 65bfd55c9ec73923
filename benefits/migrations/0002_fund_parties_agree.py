import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Parties of a fund say whether they agree; those of funds opened before count as agreed."""

    dependencies = [
        ("accounts", "0003_privacy"),
        ("benefits", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fundparty",
            name="answer_note",
            field=models.CharField(blank=True, db_default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="fundparty",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fundparty",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="fundparty",
            name="state",
            field=models.CharField(
                choices=[("asked", "Asked to take part"), ("agreed", "Agreed"), ("refused", "Refused")],
                db_default="agreed",
                default="asked",
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="fundparty",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "agreed", "refused"])), name="fund_party_state_known"
            ),
        ),
    ]
