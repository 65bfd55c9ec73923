from django.db import migrations

from core.db import runtime_role

OLDER_DOORS = """
DROP FUNCTION IF EXISTS ledger_write_once(uuid, text, text, text, text, uuid[], bigint[], date, timestamptz, timestamptz, uuid,
    text, uuid, text, uuid, uuid);
DROP FUNCTION IF EXISTS ledger_write(uuid, text, text, text, text, uuid[], bigint[], date, timestamptz, timestamptz, uuid, text,
    uuid, text, uuid, uuid);
"""


class Migration(migrations.Migration):
    """What nobody asks goes: an index that comes with every unique text, and doors of databases made before there was one for all."""

    dependencies = [("ledger", "0001_tables")]

    operations = [
        # A key is asked for whole, never by its beginning.
        migrations.RunSQL("DROP INDEX IF EXISTS ledger_txn_key_1653280d_like", migrations.RunSQL.noop),
        migrations.RunSQL(OLDER_DOORS, migrations.RunSQL.noop),
        migrations.RunSQL(f"REVOKE EXECUTE ON FUNCTION ledger_resolve FROM {runtime_role()}", migrations.RunSQL.noop),
    ]
