from django.db import migrations


def carry_over(apps, schema_editor):
    """What somebody muted for everybody stays muted for each organisation that was told."""
    alerts, mutes = apps.get_model("checks", "Alert"), apps.get_model("checks", "Mute")
    operators = list(apps.get_model("accounts", "Organisation").objects.filter(kinds__contains=["operator"]))
    for alert in alerts.objects.filter(state="muted").exclude(muted_by=None).iterator(chunk_size=500):
        told = list(alert.organisations.all())
        told += [one for one in operators if alert.to_operator and one not in told]
        rows = [
            mutes(alert=alert, organisation=one, person_id=alert.muted_by_id, reason=alert.mute_reason, until=alert.muted_until)
            for one in told
        ]  # fmt: skip
        mutes.objects.bulk_create(rows, ignore_conflicts=True)
        alerts.objects.filter(pk=alert.pk).update(state="told")


def bring_back(apps, schema_editor):
    """The older code knows one silence for all: that of an alert which anybody muted."""
    alerts, mutes = apps.get_model("checks", "Alert"), apps.get_model("checks", "Mute")
    for row in (
        mutes.objects.filter(alert__state__in=["raised", "told"]).order_by("created_at").iterator(chunk_size=500)
    ):
        alerts.objects.filter(pk=row.alert_id).update(
            state="muted", muted_by=row.person_id, mute_reason=row.reason, muted_until=row.until
        )


class Migration(migrations.Migration):
    """Silences of before hold for every organisation that was told."""

    dependencies = [("checks", "0002_mutes")]

    operations = [migrations.RunPython(carry_over, bring_back)]
