import django.db.models.deletion
from django.db import migrations, models

from core.db import runtime_role

# What ledger_write_once does, without a step back: whatever would be refused is known before anything is written, so no
# savepoint is needed; the accounts are locked, and the lines judged, in one statement. The constraints of the tables stay
# the last word.
ENTER = r"""
CREATE FUNCTION ledger_enter(
    p_id uuid, p_key text, p_fingerprint text, p_accounts uuid[], p_amounts bigint[], p_phase text, p_kind text,
    p_effective date, p_booked timestamptz, p_expires timestamptz, p_reverses uuid,
    p_reference_type text, p_reference uuid, p_reason text, p_actor uuid, p_organisation uuid,
    OUT refused text, OUT txn_id uuid, OUT currency text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    is_hold boolean := p_phase = 'hold';
    c_most CONSTANT numeric := 9223372036854775807;
    known record;
    line record;
    seen record;
    v_last uuid;
    v_sum numeric := 0;
    is_too_much boolean := false;
    is_overdrawn boolean := false;
BEGIN
    -- One key at a time: the second caller waits here for the first to commit or to roll back.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_key, 7));
    SELECT t.id, t.currency, t.fingerprint INTO known FROM ledger_txn t WHERE t.key = p_key;
    IF FOUND THEN
        txn_id := known.id;
        currency := known.currency;
        IF known.fingerprint <> p_fingerprint THEN
            refused := 'key_reused';
        END IF;
        RETURN;
    END IF;
    -- A resolution comes by ledger_resolve alone, so that nothing is captured without its hold.
    IF p_phase NOT IN ('posted', 'hold', 'reversal') OR (p_phase = 'reversal') <> (p_reverses IS NOT NULL) THEN
        refused := 'no_such_phase';
        RETURN;
    END IF;
    IF coalesce(cardinality(p_accounts), 0) < 2 OR cardinality(p_accounts) <> cardinality(p_amounts) THEN
        refused := 'no_lines';
        RETURN;
    END IF;
    IF p_phase = 'reversal' THEN
        BEGIN
            -- Locks what is reversed, so that the next statement sees who was first.
            PERFORM ledger_check_reversal(p_reverses, p_accounts, p_amounts, p_effective);
        EXCEPTION WHEN SQLSTATE 'XL001' OR SQLSTATE 'XL003' THEN
            refused := SQLERRM;
            RETURN;
        END;
        IF EXISTS (SELECT 1 FROM ledger_txn WHERE reverses_id = p_reverses) THEN
            refused := 'reversed_already';
            RETURN;
        END IF;
    END IF;
    -- The accounts are locked in one order; each is looked at as it would be, in numbers that cannot run over.
    FOR line IN SELECT account, amount FROM unnest(p_accounts, p_amounts) AS l(account, amount) ORDER BY account LOOP
        SELECT a.id, a.currency, a."limit" <> 'none' AS is_limited, a.posted_in::numeric, a.posted_out::numeric,
               a.pending_in::numeric, a.pending_out::numeric
        INTO seen FROM ledger_account a WHERE a.id = line.account FOR UPDATE;
        IF NOT FOUND OR line.amount IS NULL THEN
            refused := 'no_such_account';
        ELSIF seen.id = v_last THEN
            refused := 'account_twice';
        ELSIF line.amount = 0 THEN
            refused := 'zero_line';
        ELSIF seen.currency <> currency THEN
            refused := 'mixed_currencies';
        END IF;
        EXIT WHEN refused IS NOT NULL;
        v_last := seen.id;
        currency := seen.currency;
        v_sum := v_sum + line.amount;
        IF is_hold AND line.amount > 0 THEN
            seen.pending_in := seen.pending_in + line.amount;
        ELSIF is_hold THEN
            seen.pending_out := seen.pending_out - line.amount;
        ELSIF line.amount > 0 THEN
            seen.posted_in := seen.posted_in + line.amount;
        ELSE
            seen.posted_out := seen.posted_out - line.amount;
        END IF;
        -- What is held may be posted one day, so both together must fit.
        IF greatest(seen.posted_in, seen.pending_in, seen.posted_out + seen.pending_out) > c_most THEN
            is_too_much := true;
        ELSIF seen.is_limited AND seen.posted_in < seen.posted_out + seen.pending_out THEN
            is_overdrawn := true;
        END IF;
    END LOOP;
    IF refused IS NULL THEN
        refused := CASE WHEN v_sum <> 0 THEN 'unbalanced' WHEN is_too_much THEN 'too_much' WHEN is_overdrawn THEN 'overdrawn' END;
    END IF;
    IF refused IS NOT NULL THEN
        RETURN;
    END IF;

    INSERT INTO ledger_txn (id, key, fingerprint, phase, kind, currency, effective_on, booked_at, expires_at, reverses_id,
                            reference_type, reference_id, reason, actor_id, organisation_id)
    VALUES (p_id, p_key, p_fingerprint, p_phase, p_kind, ledger_enter.currency, p_effective, p_booked, p_expires, p_reverses,
            p_reference_type, p_reference, p_reason, p_actor, p_organisation);
    txn_id := p_id;

    WITH moved AS (
        UPDATE ledger_account SET
            posted_in = posted_in + CASE WHEN is_hold THEN 0 ELSE greatest(p_amounts[array_position(p_accounts, id)], 0) END,
            posted_out = posted_out - CASE WHEN is_hold THEN 0 ELSE least(p_amounts[array_position(p_accounts, id)], 0) END,
            pending_in = pending_in + CASE WHEN is_hold THEN greatest(p_amounts[array_position(p_accounts, id)], 0) ELSE 0 END,
            pending_out = pending_out - CASE WHEN is_hold THEN least(p_amounts[array_position(p_accounts, id)], 0) ELSE 0 END,
            number = number + 1
        WHERE id = ANY (p_accounts)
        RETURNING id, posted_in - posted_out AS balance, number
    )
    INSERT INTO ledger_entry (txn_id, account_id, amount, is_pending, balance_after, number)
    SELECT p_id, id, p_amounts[array_position(p_accounts, id)], is_hold, balance, number FROM moved ORDER BY id;
END $$;
"""

UNDO = """
DROP FUNCTION ledger_enter(uuid, text, text, uuid[], bigint[], text, text, date, timestamptz, timestamptz, uuid, text, uuid, text,
    uuid, uuid);
"""


class Migration(migrations.Migration):
    """Posting in fewer steps, and without two indexes that others serve as well."""

    dependencies = [("ledger", "0003_one_call")]

    operations = [
        migrations.RunSQL(ENTER, UNDO),
        migrations.RunSQL(
            f"""
            REVOKE EXECUTE ON FUNCTION ledger_enter FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION ledger_enter TO {runtime_role()};
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="entry",
            name="account",
            # Unique account and number is an index of its own.
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="ledger.account",
            ),
        ),
        # Room on each page for the next balance, so that no index is touched when one changes.
        migrations.RunSQL(
            "ALTER TABLE ledger_account SET (fillfactor = 50)", "ALTER TABLE ledger_account RESET (fillfactor)"
        ),
        # A key is asked for whole, never by its beginning.
        migrations.RunSQL("DROP INDEX IF EXISTS ledger_txn_key_1653280d_like", migrations.RunSQL.noop),
    ]
