import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import core.clock
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

-- The one door for postings, holds and reversals. Lines are two arrays: accounts and fen (+ into, - out of). The key is settled, and the
-- operation done or refused, in one call: a refusal comes back as a word, so that the caller's transaction goes on without a savepoint.
-- Whatever would be refused is known before anything is written; the constraints of the tables stay the last word.
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

-- The same by key: done once, or refused with a word.
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
DROP FUNCTION ledger_resolve_once(uuid, text, text, text, uuid, uuid[], bigint[], timestamptz, text, uuid, uuid);
DROP FUNCTION ledger_resolve(uuid, text, text, text, uuid, uuid[], bigint[], timestamptz, text, uuid, uuid);
DROP FUNCTION ledger_enter(uuid, text, text, uuid[], bigint[], text, text, date, timestamptz, timestamptz, uuid, text, uuid, text,
    uuid, uuid);
DROP FUNCTION ledger_check_reversal(uuid, uuid[], bigint[], date);
"""

DOORS = "ledger_enter, ledger_resolve_once, ledger_open_account"
INNER = "ledger_resolve, ledger_check_reversal, ledger_balanced"


class Migration(migrations.Migration):
    """The ledger: the posting functions are the owner's; the runtime role reads and calls, and writes nothing by itself."""

    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_posting"),
        ("ledger", "0003_one_call"),
        ("ledger", "0004_fewer_steps"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=120, unique=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_accounts",
                        to="accounts.organisation",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                (
                    "limit",
                    models.CharField(
                        choices=[("none", "None"), ("no_overdraft", "Never below zero")], default="none", max_length=20
                    ),
                ),
                ("posted_in", models.BigIntegerField(default=0)),
                ("posted_out", models.BigIntegerField(default=0)),
                ("pending_in", models.BigIntegerField(default=0)),
                ("pending_out", models.BigIntegerField(default=0)),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("limit__in", ["none", "no_overdraft"])), name="account_limit_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pending_in__gte", 0),
                            ("pending_out__gte", 0),
                            ("posted_in__gte", 0),
                            ("posted_out__gte", 0),
                        ),
                        name="account_totals_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit", "none"),
                            (
                                "posted_in__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("posted_out"), "+", models.F("pending_out")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="account_not_overdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Txn",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=200, unique=True)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("posted", "Posted"),
                            ("hold", "Held"),
                            ("capture", "Captured"),
                            ("void", "Hold released"),
                            ("expire", "Expired"),
                            ("reversal", "Reversed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("effective_on", models.DateField()),
                ("booked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "pending",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolution",
                        to="ledger.txn",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reversal", to="ledger.txn"
                    ),
                ),
                ("reference_type", models.CharField(blank=True, max_length=60)),
                ("reference_id", models.UUIDField(db_index=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("actor_id", models.UUIDField(null=True)),
                ("organisation_id", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["booked_at"],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "txn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="ledger.txn"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="ledger.account",
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("is_pending", models.BooleanField()),
                ("balance_after", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "number"), name="ledger_entry_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="ledger_entry_moves_something"
                    ),
                ],
            },
        ),
        migrations.RunSQL(POSTING, UNDO),
        *append_only("ledger_txn"),
        *append_only("ledger_entry"),
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_account, ledger_txn, ledger_entry FROM {runtime_role()};
            REVOKE EXECUTE ON FUNCTION {DOORS}, {INNER} FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION {DOORS} TO {runtime_role()};
            """,
            f"GRANT INSERT, UPDATE, DELETE ON ledger_account, ledger_txn, ledger_entry TO {runtime_role()};",
        ),
        # Room on each page for the next balance, so that no index is touched when one changes.
        migrations.RunSQL(
            "ALTER TABLE ledger_account SET (fillfactor = 50)", "ALTER TABLE ledger_account RESET (fillfactor)"
        ),
    ]
