from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0021_need_priority")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="is_public",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="Shown to everyone, also without signing in"
            ),
        ),
    ]
