from django.db import migrations

from core.db import append_only, runtime_role

POSTING = r"""
-- A reversal is the exact inverse of what was posted or captured, and not dated before it.
CREATE FUNCTION ledger_check_reversal(p_reverses uuid, p_accounts uuid[], p_amounts bigint[], p_effective date)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was ledger_txn;
BEGIN
    SELECT * INTO was FROM ledger_txn WHERE id = p_reverses FOR UPDATE;
    IF was.id IS NULL OR was.phase NOT IN ('posted', 'capture') THEN
        RAISE EXCEPTION 'not_reversible' USING ERRCODE = 'XL003';
    END IF;
    IF p_effective < was.effective_on THEN
        RAISE EXCEPTION 'reversed_before' USING ERRCODE = 'XL001';
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(p_accounts, p_amounts) AS lines(account, amount)
        FULL JOIN (SELECT account_id, amount FROM ledger_entry WHERE txn_id = p_reverses) e ON e.account_id = lines.account
        WHERE e.amount IS NULL OR lines.amount IS NULL OR e.amount <> -lines.amount
    ) THEN
        RAISE EXCEPTION 'not_the_inverse' USING ERRCODE = 'XL001';
    END IF;
END $$;

-- The one door into the ledger. Lines are two arrays: accounts and fen (+ into, - out of). Accounts are locked in one
-- order, balances change before entries are written, limits are checked on what the whole transaction leaves.
CREATE FUNCTION ledger_write(
    p_id uuid, p_key text, p_fingerprint text, p_phase text, p_kind text, p_accounts uuid[], p_amounts bigint[],
    p_effective date, p_booked timestamptz, p_expires timestamptz, p_reverses uuid,
    p_reference_type text, p_reference uuid, p_reason text, p_actor uuid, p_organisation uuid
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_hold boolean := p_phase = 'hold';
    v_currency text;
    row record;
BEGIN
    -- A resolution comes by ledger_resolve alone, so that nothing is captured without its hold.
    IF p_phase NOT IN ('posted', 'hold', 'reversal') OR (p_phase = 'reversal') <> (p_reverses IS NOT NULL) THEN
        RAISE EXCEPTION 'no_such_phase' USING ERRCODE = 'XL001';
    END IF;
    IF coalesce(cardinality(p_accounts), 0) < 2 OR cardinality(p_accounts) <> cardinality(p_amounts) THEN
        RAISE EXCEPTION 'no_lines' USING ERRCODE = 'XL001';
    END IF;
    IF (SELECT count(DISTINCT x) FROM unnest(p_accounts) x) <> cardinality(p_accounts) THEN
        RAISE EXCEPTION 'account_twice' USING ERRCODE = 'XL001';
    END IF;
    IF p_phase = 'reversal' THEN
        PERFORM ledger_check_reversal(p_reverses, p_accounts, p_amounts, p_effective);
    END IF;
    IF (SELECT sum(x) FROM unnest(p_amounts) x) <> 0 THEN
        RAISE EXCEPTION 'unbalanced' USING ERRCODE = 'XL001';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_amounts) x WHERE x = 0) THEN
        RAISE EXCEPTION 'zero_line' USING ERRCODE = 'XL001';
    END IF;
    PERFORM 1 FROM ledger_account WHERE id = ANY (p_accounts) ORDER BY id FOR UPDATE;
    IF (SELECT count(*) FROM ledger_account WHERE id = ANY (p_accounts)) <>
       (SELECT count(DISTINCT x) FROM unnest(p_accounts) x) THEN
        RAISE EXCEPTION 'no_such_account' USING ERRCODE = 'XL001';
    END IF;
    IF (SELECT count(DISTINCT currency) FROM ledger_account WHERE id = ANY (p_accounts)) <> 1 THEN
        RAISE EXCEPTION 'mixed_currencies' USING ERRCODE = 'XL001';
    END IF;
    SELECT min(currency) INTO v_currency FROM ledger_account WHERE id = ANY (p_accounts);

    INSERT INTO ledger_txn (id, key, fingerprint, phase, kind, currency, effective_on, booked_at, expires_at, reverses_id,
                            reference_type, reference_id, reason, actor_id, organisation_id)
    VALUES (p_id, p_key, p_fingerprint, p_phase, p_kind, v_currency, p_effective, p_booked, p_expires, p_reverses,
            p_reference_type, p_reference, p_reason, p_actor, p_organisation);

    FOR row IN
        SELECT account, amount FROM unnest(p_accounts, p_amounts) AS lines(account, amount) ORDER BY account
    LOOP
        BEGIN
            UPDATE ledger_account SET
                posted_in = posted_in + CASE WHEN NOT is_hold AND row.amount > 0 THEN row.amount ELSE 0 END,
                posted_out = posted_out + CASE WHEN NOT is_hold AND row.amount < 0 THEN -row.amount ELSE 0 END,
                pending_in = pending_in + CASE WHEN is_hold AND row.amount > 0 THEN row.amount ELSE 0 END,
                pending_out = pending_out + CASE WHEN is_hold AND row.amount < 0 THEN -row.amount ELSE 0 END,
                number = number + 1
            WHERE id = row.account;
        EXCEPTION WHEN check_violation THEN
            RAISE EXCEPTION 'overdrawn' USING ERRCODE = 'XL002', DETAIL = row.account::text;
        END;
        INSERT INTO ledger_entry (txn_id, account_id, amount, is_pending, balance_after, number)
        SELECT p_id, id, row.amount, is_hold, posted_in - posted_out, number FROM ledger_account WHERE id = row.account;
    END LOOP;
    RETURN p_id;
END $$;

-- A hold ends: what was pending leaves the pending totals; what is captured is posted, the rest returns.
CREATE FUNCTION ledger_resolve(
    p_id uuid, p_key text, p_fingerprint text, p_phase text, p_pending uuid, p_accounts uuid[], p_amounts bigint[],
    p_booked timestamptz, p_reason text, p_actor uuid, p_organisation uuid
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held ledger_txn;
    row record;
    v_in bigint;
    v_out bigint;
BEGIN
    SELECT * INTO held FROM ledger_txn WHERE id = p_pending FOR UPDATE;
    IF held.id IS NULL OR held.phase <> 'hold' THEN
        RAISE EXCEPTION 'no_such_hold' USING ERRCODE = 'XL001';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_txn WHERE pending_id = p_pending) THEN
        RAISE EXCEPTION 'hold_resolved' USING ERRCODE = 'XL003';
    END IF;
    IF p_phase = 'capture' AND held.expires_at IS NOT NULL AND held.expires_at <= p_booked THEN
        RAISE EXCEPTION 'hold_expired' USING ERRCODE = 'XL003';
    END IF;
    IF p_phase NOT IN ('capture', 'void', 'expire') THEN
        RAISE EXCEPTION 'no_such_phase' USING ERRCODE = 'XL001';
    END IF;
    IF p_phase = 'capture' THEN
        IF (SELECT coalesce(sum(x), 1) FROM unnest(p_amounts) x) <> 0 THEN
            RAISE EXCEPTION 'unbalanced' USING ERRCODE = 'XL001';
        END IF;
        IF (SELECT count(DISTINCT x) FROM unnest(p_accounts) x) <> cardinality(p_accounts) THEN
            RAISE EXCEPTION 'account_twice' USING ERRCODE = 'XL001';
        END IF;
        IF EXISTS (
            SELECT 1 FROM unnest(p_accounts, p_amounts) AS lines(account, amount)
            LEFT JOIN ledger_entry e ON e.txn_id = p_pending AND e.account_id = lines.account
            WHERE lines.amount = 0 OR e.id IS NULL OR sign(e.amount) <> sign(lines.amount) OR abs(lines.amount) > abs(e.amount)
        ) THEN
            RAISE EXCEPTION 'more_than_held' USING ERRCODE = 'XL001';
        END IF;
    END IF;
    PERFORM 1 FROM ledger_account WHERE id IN (SELECT account_id FROM ledger_entry WHERE txn_id = p_pending)
        ORDER BY id FOR UPDATE;
    INSERT INTO ledger_txn (id, key, fingerprint, phase, kind, currency, effective_on, booked_at, pending_id, reference_type,
                            reference_id, reason, actor_id, organisation_id)
    VALUES (p_id, p_key, p_fingerprint, p_phase, held.kind, held.currency, (p_booked AT TIME ZONE 'Asia/Shanghai')::date, p_booked,
            p_pending, held.reference_type, held.reference_id, p_reason, p_actor, p_organisation);
    FOR row IN
        SELECT e.account_id AS account, e.amount AS was, coalesce(lines.amount, 0) AS taken
        FROM ledger_entry e
        LEFT JOIN unnest(p_accounts, p_amounts) AS lines(account, amount)
            ON lines.account = e.account_id AND p_phase = 'capture'
        WHERE e.txn_id = p_pending ORDER BY e.account_id
    LOOP
        v_in := greatest(row.taken, 0);
        v_out := greatest(-row.taken, 0);
        UPDATE ledger_account SET
            pending_in = pending_in - greatest(row.was, 0),
            pending_out = pending_out - greatest(-row.was, 0),
            posted_in = posted_in + v_in,
            posted_out = posted_out + v_out,
            number = number + CASE WHEN row.taken <> 0 THEN 1 ELSE 0 END
        WHERE id = row.account;
        IF row.taken <> 0 THEN
            INSERT INTO ledger_entry (txn_id, account_id, amount, is_pending, balance_after, number)
            SELECT p_id, id, row.taken, false, posted_in - posted_out, number FROM ledger_account WHERE id = row.account;
        END IF;
    END LOOP;
    RETURN p_id;
END $$;

CREATE FUNCTION ledger_open_account(p_id uuid, p_code text, p_organisation uuid, p_kind text, p_currency text, p_limit text, p_at timestamptz)
RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_account (id, created_at, code, organisation_id, kind, currency, "limit", posted_in, posted_out, pending_in,
                                pending_out, number)
    VALUES (p_id, p_at, p_code, p_organisation, p_kind, p_currency, p_limit, 0, 0, 0, 0, 0)
    ON CONFLICT (code) DO NOTHING;
    SELECT id FROM ledger_account WHERE code = p_code;
$$;

-- At commit every transaction sums to zero, whoever wrote it.
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE txn_id = NEW.txn_id) <> 0 THEN
        RAISE EXCEPTION 'transaction % does not balance', NEW.txn_id USING ERRCODE = 'XL001';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
"""

UNDO = """
DROP TRIGGER ledger_balanced ON ledger_entry;
DROP FUNCTION ledger_balanced();
DROP FUNCTION ledger_open_account(uuid, text, uuid, text, text, text, timestamptz);
DROP FUNCTION ledger_resolve(uuid, text, text, text, uuid, uuid[], bigint[], timestamptz, text, uuid, uuid);
DROP FUNCTION ledger_write(uuid, text, text, text, text, uuid[], bigint[], date, timestamptz, timestamptz, uuid, text, uuid, text,
    uuid, uuid);
DROP FUNCTION ledger_check_reversal(uuid, uuid[], bigint[], date);
"""

DOORS = "ledger_write, ledger_resolve, ledger_open_account"
FUNCTIONS = f"{DOORS}, ledger_check_reversal, ledger_balanced"


class Migration(migrations.Migration):
    """The posting functions, owned by the owner; the runtime role reads and calls, and writes nothing by itself."""

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(POSTING, UNDO),
        *append_only("ledger_txn"),
        *append_only("ledger_entry"),
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_account, ledger_txn, ledger_entry FROM {runtime_role()};
            REVOKE EXECUTE ON FUNCTION {FUNCTIONS} FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION {DOORS} TO {runtime_role()};
            """,
            f"GRANT INSERT, UPDATE, DELETE ON ledger_account, ledger_txn, ledger_entry TO {runtime_role()};",
        ),
    ]
