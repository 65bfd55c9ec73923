from django.db import migrations

from core.db import append_only, runtime_role

SIGNING = r"""
CREATE SEQUENCE projects_project_number;
GRANT USAGE ON SEQUENCE projects_project_number TO {role};

-- Whether the person signs for an organisation in a role, now.
CREATE FUNCTION projects_holds_role(p_person uuid, p_organisation uuid, p_role text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_organisation o ON o.id = m.organisation_id
        WHERE m.person_id = p_person AND m.is_active AND p_role = ANY (m.roles) AND o.state = 'verified'
          AND (m.organisation_id = p_organisation
               OR (p_organisation IS NULL AND 'operator' = ANY (o.kinds)))
    );
$$;

-- The signed start: a signatory of the lead, once.
CREATE FUNCTION projects_sign_start(p_id uuid, p_project uuid, p_hash text, p_person uuid, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_lead uuid;
BEGIN
    SELECT lead_id INTO v_lead FROM projects_project WHERE id = p_project AND state = 'draft' FOR UPDATE;
    IF v_lead IS NULL THEN
        RAISE EXCEPTION 'not_to_be_started' USING ERRCODE = 'XL004';
    END IF;
    IF NOT projects_holds_role(p_person, v_lead, 'signatory') THEN
        RAISE EXCEPTION 'not_a_signatory' USING ERRCODE = 'XL004';
    END IF;
    INSERT INTO projects_projectstart (id, created_at, project_id, definition_hash, signed_by_id, signed_at)
    VALUES (p_id, p_at, p_project, p_hash, p_person, p_at);
    RETURN p_id;
END $$;

-- A signed decision: an approver of the operator who belongs to no party, submitted nothing and found nothing here. A go
-- needs a package in review with a finding on its newest version, or the conditional decision it follows, all conditions met.
CREATE FUNCTION projects_sign(
    p_id uuid, p_gate uuid, p_package uuid, p_outcome text, p_reason text, p_review date, p_follows uuid, p_person uuid,
    p_at timestamptz
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    g projects_gate;
BEGIN
    SELECT * INTO g FROM projects_gate WHERE id = p_gate FOR UPDATE;
    IF g.id IS NULL OR g.state NOT IN ('in_review', 'paused', 'frozen', 'conditional') THEN
        RAISE EXCEPTION 'not_in_review' USING ERRCODE = 'XL004';
    END IF;
    IF NOT projects_holds_role(p_person, NULL, 'approver') THEN
        RAISE EXCEPTION 'not_an_approver' USING ERRCODE = 'XL004';
    END IF;
    IF EXISTS (SELECT 1 FROM projects_party p JOIN accounts_membership m ON m.organisation_id = p.organisation_id
               WHERE p.project_id = g.project_id AND m.person_id = p_person AND m.is_active)
       OR EXISTS (SELECT 1 FROM projects_gatepackage WHERE gate_id = p_gate AND submitted_by_id = p_person)
       OR EXISTS (SELECT 1 FROM projects_gatepanelmember WHERE gate_id = p_gate AND person_id = p_person) THEN
        RAISE EXCEPTION 'conflict_of_interest' USING ERRCODE = 'XL004';
    END IF;
    IF p_package IS DISTINCT FROM
       (SELECT id FROM projects_gatepackage WHERE gate_id = p_gate ORDER BY number DESC LIMIT 1) THEN
        RAISE EXCEPTION 'old_package' USING ERRCODE = 'XL004';
    END IF;
    IF p_outcome IN ('go', 'conditional') THEN
        IF p_follows IS NULL AND (g.state <> 'in_review' OR NOT EXISTS (
                SELECT 1 FROM projects_finding WHERE package_id = p_package AND voided_at IS NULL)) THEN
            RAISE EXCEPTION 'no_finding' USING ERRCODE = 'XL004';
        END IF;
        IF p_follows IS NOT NULL AND (g.state <> 'conditional'
            OR NOT EXISTS (SELECT 1 FROM projects_gatedecision WHERE id = p_follows AND gate_id = p_gate AND outcome = 'conditional')
            OR EXISTS (SELECT 1 FROM projects_gatecondition WHERE decision_id = p_follows AND state <> 'closed')
            OR NOT EXISTS (SELECT 1 FROM projects_gatecondition WHERE decision_id = p_follows)) THEN
            RAISE EXCEPTION 'conditions_open' USING ERRCODE = 'XL004';
        END IF;
        IF EXISTS (SELECT 1 FROM projects_gate WHERE project_id = g.project_id AND position < g.position AND state <> 'passed') THEN
            RAISE EXCEPTION 'earlier_gate_open' USING ERRCODE = 'XL004';
        END IF;
    END IF;
    IF EXISTS (SELECT 1 FROM projects_gatedecision WHERE gate_id = p_gate AND outcome IN ('go', 'kill')) THEN
        RAISE EXCEPTION 'decided_already' USING ERRCODE = 'XL004';
    END IF;
    INSERT INTO projects_gatedecision (id, created_at, gate_id, package_id, outcome, reason, review_on, follows_id, attempt,
                                       signed_by_id, signed_at)
    VALUES (p_id, p_at, p_gate, p_package, p_outcome, p_reason, p_review, p_follows, g.attempt, p_person, p_at);
    RETURN p_id;
END $$;

-- Money waits for its gate: a held tranche is captured only where the signed start, or a signed go of the gate before its
-- stage, stands. Whoever asks, and however.
CREATE FUNCTION projects_money_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t benefits_tranche;
BEGIN
    SELECT b.* INTO t FROM benefits_tranche b
    WHERE b.hold_id = NEW.pending_id
       OR b.id = (SELECT h.reference_id FROM ledger_txn h WHERE h.id = NEW.pending_id AND h.reference_type = 'benefits.tranche')
    LIMIT 1;
    IF t.id IS NULL THEN
        RETURN NEW;
    END IF;
    IF t.position = 0 AND EXISTS (SELECT 1 FROM projects_projectstart WHERE project_id = t.subject_id) THEN
        RETURN NEW;
    END IF;
    IF t.position > 0 AND EXISTS (
        SELECT 1 FROM projects_gatedecision d JOIN projects_gate g ON g.id = d.gate_id
        WHERE g.project_id = t.subject_id AND g.position = t.position - 1 AND d.outcome = 'go'
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'gate_not_passed' USING ERRCODE = 'XL003';
END $$;
CREATE TRIGGER projects_money_waits BEFORE INSERT ON ledger_txn
    FOR EACH ROW WHEN (NEW.phase = 'capture') EXECUTE FUNCTION projects_money_waits();

-- What the trigger goes by cannot be bent: a tranche keeps subject, stage and amount, a gate keeps project and place.
CREATE FUNCTION projects_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps its place', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER projects_tranche_stands BEFORE UPDATE ON benefits_tranche FOR EACH ROW WHEN (
    (OLD.subject_id, OLD.stage, OLD.position, OLD.amount) IS DISTINCT FROM (NEW.subject_id, NEW.stage, NEW.position, NEW.amount)
    OR (OLD.hold_id IS NOT NULL AND NEW.hold_id IS DISTINCT FROM OLD.hold_id)
) EXECUTE FUNCTION projects_stands();
CREATE TRIGGER projects_tranche_stays BEFORE DELETE ON benefits_tranche FOR EACH ROW EXECUTE FUNCTION projects_stands();
CREATE TRIGGER projects_gate_stands BEFORE UPDATE ON projects_gate FOR EACH ROW WHEN (
    (OLD.project_id, OLD.stage, OLD.position) IS DISTINCT FROM (NEW.project_id, NEW.stage, NEW.position)
) EXECUTE FUNCTION projects_stands();
CREATE TRIGGER projects_gate_stays BEFORE DELETE ON projects_gate FOR EACH ROW EXECUTE FUNCTION projects_stands();
"""

UNDO = """
DROP TRIGGER projects_gate_stays ON projects_gate;
DROP TRIGGER projects_gate_stands ON projects_gate;
DROP TRIGGER projects_tranche_stays ON benefits_tranche;
DROP TRIGGER projects_tranche_stands ON benefits_tranche;
DROP FUNCTION projects_stands();
DROP TRIGGER projects_money_waits ON ledger_txn;
DROP FUNCTION projects_money_waits();
DROP FUNCTION projects_sign(uuid, uuid, uuid, text, text, date, uuid, uuid, timestamptz);
DROP FUNCTION projects_sign_start(uuid, uuid, text, uuid, timestamptz);
DROP FUNCTION projects_holds_role(uuid, uuid, text);
DROP SEQUENCE projects_project_number;
"""


class Migration(migrations.Migration):
    """Numbers, the signing functions, and the rule that no money moves before its gate."""

    dependencies = [("projects", "0001_initial"), ("ledger", "0002_posting"), ("benefits", "0001_initial")]

    operations = [
        migrations.RunSQL(SIGNING.replace("{role}", runtime_role()), UNDO),
        *append_only("projects_projectstart"),
        *append_only("projects_gatedecision"),
        migrations.RunSQL(
            f"REVOKE INSERT ON projects_projectstart, projects_gatedecision FROM {runtime_role()};",
            f"GRANT INSERT ON projects_projectstart, projects_gatedecision TO {runtime_role()};",
        ),
    ]
