import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
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
    """Projects: numbers, the signing functions, and the rule that no money moves before its gate."""

    replaces = [
        ("projects", "0001_initial"),
        ("projects", "0002_signing"),
        ("projects", "0003_words_of_states"),
        ("projects", "0004_list_indexes"),
        ("projects", "0005_direction_changes"),
        ("projects", "0006_origin_changes"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
        ("chains", "0001_tables"),
        ("files", "0001_tables"),
        ("indicators", "0001_tables"),
        ("needs", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                ("title", models.CharField(max_length=160, verbose_name="Title")),
                ("summary", models.TextField(blank=True, verbose_name="What it is about")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("self_exploration", "Own exploration"),
                            ("need_pulled", "Pulled by a need"),
                            ("leader_defined", "Defined by the chain leader"),
                        ],
                        max_length=20,
                        verbose_name="Origin",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects_led",
                        to="accounts.organisation",
                        verbose_name="Lead",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="chains.chain",
                    ),
                ),
                (
                    "award",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project",
                        to="needs.award",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("running", "Running"),
                            ("accepting", "In acceptance"),
                            ("accepted", "Acceptance signed"),
                            ("killed", "Stopped at a gate"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "current_stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        default="rd",
                        max_length=20,
                        verbose_name="Stage",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state"], name="project_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "running", "accepting", "accepted", "killed"])),
                        name="project_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["self_exploration", "need_pulled", "leader_defined"])),
                        name="project_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("current_stage__in", ["rd", "pilot", "mass_production"])),
                        name="project_stage_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectionChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="direction_changes",
                        to="projects.project",
                    ),
                ),
                ("before", models.TextField(verbose_name="From")),
                ("after", models.TextField(verbose_name="To")),
                ("reason", models.TextField(verbose_name="Reason")),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="direction_changes",
                        to="needs.need",
                    ),
                ),
                (
                    "cluster",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="direction_changes",
                        to="needs.cluster",
                    ),
                ),
                ("is_shown", models.BooleanField(default=True, verbose_name="Shown to those who complained")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for approval"),
                            ("approved", "Approved"),
                            ("refused", "Not approved"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True, verbose_name="Note of the decision")),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "approved", "refused"])),
                        name="direction_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("need__isnull", False), ("cluster__isnull", False), _connector="OR"),
                        name="direction_has_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "proposed"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="direction_decided_by_someone",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("project",), name="direction_one_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gates", to="projects.project"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                        verbose_name="Stage",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="Planned for")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="Next review")),
                ("must_meet", models.JSONField(default=list)),
                ("definition", models.JSONField(default=dict)),
                ("definition_hash", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for its package"),
                            ("in_review", "Package in review"),
                            ("conditional", "Passed on conditions"),
                            ("paused", "Paused"),
                            ("frozen", "Frozen: a condition lapsed"),
                            ("passed", "Passed"),
                            ("killed", "Stopped"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["project", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "stage"), name="gate_once_per_stage"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "in_review", "conditional", "paused", "frozen", "passed", "killed"])
                        ),
                        name="gate_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["rd", "pilot", "mass_production"])), name="gate_stage_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="projects.project"
                    ),
                ),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="projects.gate"
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                        verbose_name="Next stage",
                    ),
                ),
                ("documents", models.TextField(verbose_name="Documents")),
                ("parameters", models.TextField(verbose_name="Parameters")),
                ("open_risks", models.TextField(verbose_name="Open risks")),
                (
                    "next_owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers_received",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("offered", "Offered"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="offered",
                        max_length=20,
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("offered_at", models.DateTimeField(default=core.clock.now)),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="Received on")),
                ("reason", models.TextField(blank=True, verbose_name="Reason")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["offered", "accepted", "refused"])),
                        name="handover_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["offered", "accepted"])),
                        fields=("project", "to_stage"),
                        name="handover_alive_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            ("received_on__isnull", False),
                            _connector="OR",
                        ),
                        name="handover_accepted_has_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="projects.handover"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptance", to="projects.project"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("met", "All must-have indicators met"), ("partly_met", "Partly met")], max_length=20
                    ),
                ),
                ("verdicts", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "owner_signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("owner_signed_at", models.DateTimeField()),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("expert_signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the expert's signature"),
                            ("signed", "Signed by owner and expert"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "signed"])), name="acceptance_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["met", "partly_met"])), name="acceptance_outcome_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StageFundRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fund_requests", to="projects.project"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                        verbose_name="Stage",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                ("reason", models.TextField(blank=True, verbose_name="What it is for")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="stage_fund_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["rd", "pilot", "mass_production"])),
                        name="stage_fund_stage_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatePackage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="projects.gate"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("note", models.TextField(blank=True, verbose_name="Note")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("submitted_at", models.DateTimeField(default=core.clock.now)),
                ("content_hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [models.UniqueConstraint(fields=("gate", "number"), name="gate_package_number_once")],
            },
        ),
        migrations.CreateModel(
            name="GateFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="projects.gate"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="projects.gatepackage",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="What it shows")),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="PackageMeasurement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="projects.gatepackage",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                (
                    "measurement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.measurement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("package", "specification"), name="package_measures_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GatePanelMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panel", to="projects.gate"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("cleared", "No conflict"),
                            ("conflicted", "Conflict of interest"),
                            ("recused", "Stepped back"),
                        ],
                        default="invited",
                        max_length=20,
                    ),
                ),
                ("declaration", models.TextField(blank=True, verbose_name="Declaration")),
                ("declared_at", models.DateTimeField(blank=True, null=True)),
                ("conflicts", models.JSONField(default=list)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("gate", "person"), name="gate_seat_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "cleared", "conflicted", "recused"])),
                        name="gate_seat_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="projects.gate"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="projects.gatepackage"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="projects.gatepanelmember",
                    ),
                ),
                ("answers", models.JSONField(default=list)),
                (
                    "recommendation",
                    models.CharField(
                        choices=[
                            ("go", "Go"),
                            ("conditional", "Go on conditions"),
                            ("paused", "Pause"),
                            ("recycle", "Once more"),
                            ("kill", "Stop"),
                        ],
                        max_length=20,
                        verbose_name="Recommendation",
                    ),
                ),
                ("text", models.TextField(verbose_name="Reasons")),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("package", "member"),
                        name="finding_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recommendation__in", ["go", "conditional", "paused", "recycle", "kill"])),
                        name="finding_recommendation_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateDecision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="projects.gate"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="projects.gatepackage"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("go", "Go"),
                            ("conditional", "Go on conditions"),
                            ("paused", "Pause"),
                            ("recycle", "Once more"),
                            ("kill", "Stop"),
                        ],
                        max_length=20,
                        verbose_name="Decision",
                    ),
                ),
                ("reason", models.TextField(verbose_name="Reason")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="Next review")),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="projects.gatedecision",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-signed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["go", "conditional", "paused", "recycle", "kill"])),
                        name="gate_outcome_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome__in", ["go", "kill"])), fields=("gate",), name="gate_ends_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="projects.project"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_parties",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("leader", "Leader"),
                            ("innovator", "Innovator"),
                            ("maker", "Maker"),
                            ("pilot_base", "Pilot base"),
                            ("supplier", "Supplier"),
                            ("end_user", "End user"),
                            ("investor", "Investor"),
                        ],
                        max_length=20,
                        verbose_name="Part",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "organisation"), name="project_party_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                ["leader", "innovator", "maker", "pilot_base", "supplier", "end_user", "investor"],
                            )
                        ),
                        name="party_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateCondition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="projects.gatedecision",
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="Condition")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.party"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="Due on")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be met"), ("closed", "Condition met"), ("lapsed", "Lapsed")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=500, verbose_name="Evidence")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["due_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "closed", "lapsed"])),
                        name="gate_condition_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OriginChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="origin_changes",
                        to="projects.project",
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self_exploration", "Own exploration"),
                            ("need_pulled", "Pulled by a need"),
                            ("leader_defined", "Defined by the chain leader"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("self_exploration", "Own exploration"),
                            ("need_pulled", "Pulled by a need"),
                            ("leader_defined", "Defined by the chain leader"),
                        ],
                        max_length=20,
                        verbose_name="Origin",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.need",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["changed_at"],
                "indexes": [models.Index(fields=["project", "changed_at"], name="origin_change_project")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("after__in", ["self_exploration", "need_pulled", "leader_defined"])),
                        name="origin_change_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("before", ""),
                            ("before__in", ["self_exploration", "need_pulled", "leader_defined"]),
                            _connector="OR",
                        ),
                        name="origin_change_before_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectNeed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="need_links", to="projects.project"
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="project_links", to="needs.need"
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("project", "need"), name="project_need_once")],
            },
        ),
        migrations.CreateModel(
            name="ProjectIndicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="indicators", to="projects.project"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_uses",
                        to="indicators.specification",
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="Shared")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "specification"), name="project_indicator_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorContribution",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project_indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="projects.projectindicator",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contributions", to="projects.party"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="Contribution")),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("project_indicator", "party"), name="contribution_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkPackage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="projects.project"
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="Work package")),
                ("deliverable", models.CharField(max_length=300, verbose_name="Deliverable")),
                ("due_on", models.DateField(verbose_name="Due on")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="projects.party",
                    ),
                ),
                (
                    "indicators",
                    models.ManyToManyField(blank=True, related_name="packages", to="projects.projectindicator"),
                ),
            ],
            options={
                "ordering": ["due_on", "created_at"],
            },
        ),
        migrations.CreateModel(
            name="CommunicationPlan",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communication_plan",
                        to="projects.project",
                    ),
                ),
                ("contacts", models.JSONField(default=list)),
                ("channel", models.CharField(blank=True, max_length=200, verbose_name="Channel")),
                ("reply_days", models.PositiveSmallIntegerField(verbose_name="Working days to answer")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectStart",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="start", to="projects.project"
                    ),
                ),
                ("definition_hash", models.CharField(max_length=64)),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="gate",
            name="indicators",
            field=models.ManyToManyField(blank=True, related_name="gates", to="projects.projectindicator"),
        ),
        migrations.RunSQL(SIGNING.replace("{role}", runtime_role()), UNDO),
        *append_only("projects_projectstart"),
        *append_only("projects_gatedecision"),
        migrations.RunSQL(
            f"REVOKE INSERT ON projects_projectstart, projects_gatedecision FROM {runtime_role()};",
            f"GRANT INSERT ON projects_projectstart, projects_gatedecision TO {runtime_role()};",
        ),
    ]
