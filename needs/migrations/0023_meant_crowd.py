from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0022_public_applications")]

    operations = [
        migrations.AddField(
            model_name="compared",
            name="meant_crowd",
            field=models.FloatField(db_default=0, default=0),
        ),
        # What was compared by the older measure is compared anew in the next nights.
        migrations.RunSQL("UPDATE needs_compared SET at = NULL", migrations.RunSQL.noop),
    ]
