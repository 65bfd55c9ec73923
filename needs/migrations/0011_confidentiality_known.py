from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("needs", "0010_challenge_asks")]

    operations = [ValidateConstraint(model_name="need", name="need_confidentiality_known")]
