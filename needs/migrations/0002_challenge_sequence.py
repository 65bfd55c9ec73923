"""The numbers of challenges, and the rows of challenges and bids that only grow."""

from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE needs_challenge_number", "DROP SEQUENCE needs_challenge_number"),
        *append_only("needs_addendum"),
        *append_only("needs_bidsubmission"),
    ]
