from django.db import migrations

from core.db import runtime_role

# Attempts only grow and the words of a message stay as they were written. Old lines go through one function, whose
# owner alone may delete.
LOG = """
CREATE FUNCTION webhooks_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'webhooks_attempt only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER webhooks_attempt_stays BEFORE UPDATE ON webhooks_attempt
    FOR EACH ROW EXECUTE FUNCTION webhooks_attempt_stays();

CREATE FUNCTION webhooks_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the words of a message stay as they were written' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER webhooks_words_stay BEFORE UPDATE ON webhooks_delivery FOR EACH ROW
    WHEN ((OLD.endpoint_id, OLD.event_id, OLD.kind, OLD.object_type, OLD.object_id, OLD.body)
          IS DISTINCT FROM (NEW.endpoint_id, NEW.event_id, NEW.kind, NEW.object_type, NEW.object_id, NEW.body))
    EXECUTE FUNCTION webhooks_words_stay();

CREATE FUNCTION webhooks_forget(p_before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM webhooks_attempt a USING webhooks_delivery d WHERE d.id = a.delivery_id AND d.created_at < p_before;
    DELETE FROM webhooks_delivery WHERE created_at < p_before;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;
REVOKE ALL ON FUNCTION webhooks_forget(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhooks_forget(timestamptz) TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON webhooks_attempt FROM {role};
REVOKE DELETE, TRUNCATE ON webhooks_delivery, webhooks_endpoint FROM {role};
"""
BACK = """
GRANT DELETE ON webhooks_delivery, webhooks_endpoint TO {role};
GRANT UPDATE, DELETE ON webhooks_attempt TO {role};
DROP FUNCTION webhooks_forget(timestamptz);
DROP TRIGGER webhooks_words_stay ON webhooks_delivery;
DROP FUNCTION webhooks_words_stay();
DROP TRIGGER webhooks_attempt_stays ON webhooks_attempt;
DROP FUNCTION webhooks_attempt_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL(LOG.replace("{role}", runtime_role()), BACK.replace("{role}", runtime_role())),
    ]
