from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    """Leaves, places and nodes are only ever added; of a body nothing but salt and content can be erased."""

    dependencies = [("book", "0001_initial")]

    operations = [
        *append_only("book_entry"),
        *append_only("book_place"),
        *append_only("book_node"),
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION book_body_erases_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND NEW.erased_at IS NOT NULL AND NEW.salt IS NULL AND NEW.content IS NULL
                   AND (NEW.entry_id, NEW.operation, NEW.at, NEW.object_type, NEW.object_id, NEW.organisation_id)
                       IS NOT DISTINCT FROM
                       (OLD.entry_id, OLD.operation, OLD.at, OLD.object_type, OLD.object_id, OLD.organisation_id) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a body can be erased, not changed' USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE TRIGGER book_body_erases_only BEFORE UPDATE OR DELETE ON book_body
                FOR EACH ROW EXECUTE FUNCTION book_body_erases_only();
            """,
            reverse_sql="DROP TRIGGER book_body_erases_only ON book_body; DROP FUNCTION book_body_erases_only();",
        ),
    ]
