from django.db import migrations

from core.db import runtime_role

# The key is settled, and the operation done or refused, in one call: a refusal comes back as a word, so that the caller's
# transaction goes on without a savepoint of its own.
SETTLE = r"""
CREATE FUNCTION ledger_write_once(
    p_id uuid, p_key text, p_fingerprint text, p_phase text, p_kind text, p_accounts uuid[], p_amounts bigint[],
    p_effective date, p_booked timestamptz, p_expires timestamptz, p_reverses uuid,
    p_reference_type text, p_reference uuid, p_reason text, p_actor uuid, p_organisation uuid, OUT refused text, OUT txn ledger_txn
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_constraint text;
BEGIN
    -- One key at a time: the second caller waits here for the first to commit or to roll back.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_key, 7));
    SELECT * INTO txn FROM ledger_txn WHERE key = p_key;
    IF txn.id IS NOT NULL THEN
        IF txn.fingerprint <> p_fingerprint THEN
            refused := 'key_reused';
        END IF;
        RETURN;
    END IF;
    BEGIN
        PERFORM ledger_write(p_id, p_key, p_fingerprint, p_phase, p_kind, p_accounts, p_amounts, p_effective, p_booked, p_expires,
                             p_reverses, p_reference_type, p_reference, p_reason, p_actor, p_organisation);
    EXCEPTION
        WHEN SQLSTATE 'XL001' OR SQLSTATE 'XL002' OR SQLSTATE 'XL003' THEN
            refused := SQLERRM;
            RETURN;
        WHEN numeric_value_out_of_range THEN
            refused := 'too_much';
            RETURN;
        WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
            IF v_constraint NOT LIKE '%reverses_id%' THEN
                RAISE;
            END IF;
            refused := 'reversed_already';
            RETURN;
    END;
    SELECT * INTO txn FROM ledger_txn WHERE id = p_id;
END $$;

CREATE FUNCTION ledger_resolve_once(
    p_id uuid, p_key text, p_fingerprint text, p_phase text, p_pending uuid, p_accounts uuid[], p_amounts bigint[],
    p_booked timestamptz, p_reason text, p_actor uuid, p_organisation uuid, OUT refused text, OUT txn ledger_txn
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- One key at a time: the second caller waits here for the first to commit or to roll back.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_key, 7));
    SELECT * INTO txn FROM ledger_txn WHERE key = p_key;
    IF txn.id IS NOT NULL THEN
        IF txn.fingerprint <> p_fingerprint THEN
            refused := 'key_reused';
        END IF;
        RETURN;
    END IF;
    BEGIN
        PERFORM ledger_resolve(p_id, p_key, p_fingerprint, p_phase, p_pending, p_accounts, p_amounts, p_booked, p_reason, p_actor,
                               p_organisation);
    EXCEPTION
        WHEN SQLSTATE 'XL001' OR SQLSTATE 'XL002' OR SQLSTATE 'XL003' THEN
            refused := SQLERRM;
            RETURN;
        WHEN numeric_value_out_of_range THEN
            refused := 'too_much';
            RETURN;
    END;
    SELECT * INTO txn FROM ledger_txn WHERE id = p_id;
END $$;
"""

# As before, with fewer statements: the lines are judged in one, the accounts locked and counted in one, and all balances and
# entries written in one. Balances change before their entries appear, accounts are locked in one order.
WRITE = r"""
CREATE OR REPLACE FUNCTION ledger_write(
    p_id uuid, p_key text, p_fingerprint text, p_phase text, p_kind text, p_accounts uuid[], p_amounts bigint[],
    p_effective date, p_booked timestamptz, p_expires timestamptz, p_reverses uuid,
    p_reference_type text, p_reference uuid, p_reason text, p_actor uuid, p_organisation uuid
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_hold boolean := p_phase = 'hold';
    v_currency text;
    v_currencies bigint;
    v_distinct bigint;
    v_found bigint;
    v_sum numeric;
    v_zero boolean;
BEGIN
    -- A resolution comes by ledger_resolve alone, so that nothing is captured without its hold.
    IF p_phase NOT IN ('posted', 'hold', 'reversal') OR (p_phase = 'reversal') <> (p_reverses IS NOT NULL) THEN
        RAISE EXCEPTION 'no_such_phase' USING ERRCODE = 'XL001';
    END IF;
    IF coalesce(cardinality(p_accounts), 0) < 2 OR cardinality(p_accounts) <> cardinality(p_amounts) THEN
        RAISE EXCEPTION 'no_lines' USING ERRCODE = 'XL001';
    END IF;
    SELECT count(DISTINCT account), sum(amount), bool_or(amount = 0) OR bool_or(amount IS NULL)
    INTO v_distinct, v_sum, v_zero FROM unnest(p_accounts, p_amounts) AS lines(account, amount);
    IF v_distinct <> cardinality(p_accounts) THEN
        RAISE EXCEPTION 'account_twice' USING ERRCODE = 'XL001';
    END IF;
    IF p_phase = 'reversal' THEN
        PERFORM ledger_check_reversal(p_reverses, p_accounts, p_amounts, p_effective);
    END IF;
    IF v_sum <> 0 THEN
        RAISE EXCEPTION 'unbalanced' USING ERRCODE = 'XL001';
    END IF;
    IF v_zero THEN
        RAISE EXCEPTION 'zero_line' USING ERRCODE = 'XL001';
    END IF;
    SELECT count(*), count(DISTINCT currency), min(currency) INTO v_found, v_currencies, v_currency
    FROM (SELECT currency FROM ledger_account WHERE id = ANY (p_accounts) ORDER BY id FOR UPDATE) locked;
    IF v_found <> v_distinct THEN
        RAISE EXCEPTION 'no_such_account' USING ERRCODE = 'XL001';
    END IF;
    IF v_currencies <> 1 THEN
        RAISE EXCEPTION 'mixed_currencies' USING ERRCODE = 'XL001';
    END IF;

    INSERT INTO ledger_txn (id, key, fingerprint, phase, kind, currency, effective_on, booked_at, expires_at, reverses_id,
                            reference_type, reference_id, reason, actor_id, organisation_id)
    VALUES (p_id, p_key, p_fingerprint, p_phase, p_kind, v_currency, p_effective, p_booked, p_expires, p_reverses,
            p_reference_type, p_reference, p_reason, p_actor, p_organisation);

    BEGIN
        WITH moved AS (
            UPDATE ledger_account a SET
                posted_in = posted_in + CASE WHEN NOT is_hold AND l.amount > 0 THEN l.amount ELSE 0 END,
                posted_out = posted_out + CASE WHEN NOT is_hold AND l.amount < 0 THEN -l.amount ELSE 0 END,
                pending_in = pending_in + CASE WHEN is_hold AND l.amount > 0 THEN l.amount ELSE 0 END,
                pending_out = pending_out + CASE WHEN is_hold AND l.amount < 0 THEN -l.amount ELSE 0 END,
                number = number + 1
            FROM unnest(p_accounts, p_amounts) AS l(account, amount)
            WHERE a.id = l.account
            RETURNING a.id, l.amount, a.posted_in - a.posted_out AS balance, a.number
        )
        INSERT INTO ledger_entry (txn_id, account_id, amount, is_pending, balance_after, number)
        SELECT p_id, id, amount, is_hold, balance, number FROM moved ORDER BY id;
    EXCEPTION WHEN check_violation THEN
        RAISE EXCEPTION 'overdrawn' USING ERRCODE = 'XL002';
    END;
    RETURN p_id;
END $$;
"""

UNDO = """
DROP FUNCTION ledger_resolve_once(uuid, text, text, text, uuid, uuid[], bigint[], timestamptz, text, uuid, uuid);
DROP FUNCTION ledger_write_once(uuid, text, text, text, text, uuid[], bigint[], date, timestamptz, timestamptz, uuid, text, uuid,
    text, uuid, uuid);
"""


class Migration(migrations.Migration):
    """One call for each operation of the ledger; what the running version calls stays."""

    dependencies = [("ledger", "0002_posting")]

    operations = [
        migrations.RunSQL(WRITE, migrations.RunSQL.noop),
        migrations.RunSQL(SETTLE, UNDO),
        migrations.RunSQL(
            f"""
            REVOKE EXECUTE ON FUNCTION ledger_write_once, ledger_resolve_once FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION ledger_write_once, ledger_resolve_once TO {runtime_role()};
            """,
            migrations.RunSQL.noop,
        ),
    ]
