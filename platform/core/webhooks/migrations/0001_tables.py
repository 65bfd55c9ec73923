import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import core.clock
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
    """Endpoints, messages and attempts."""

    replaces = [("webhooks", "0001_initial"), ("webhooks", "0002_log")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhook_endpoints",
                        to="accounts.organisation",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("url", models.CharField(max_length=500, verbose_name="Address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Sending paused"),
                            ("disabled", "Switched off after failures"),
                            ("deleted", "Deleted"),
                        ],
                        default="active",
                        max_length=20,
                    ),
                ),
                ("sealed_secret", models.TextField(blank=True)),
                ("sealed_old_secret", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("resting_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["kinds"], name="endpoint_kinds")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "paused", "disabled", "deleted"])),
                        name="endpoint_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="webhooks.endpoint"
                    ),
                ),
                ("event_id", models.UUIDField()),
                ("kind", models.CharField(max_length=100)),
                ("occurred_at", models.DateTimeField()),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed, will be tried again"),
                            ("given_up", "Given up"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("took_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "The address may no longer be called"),
                            ("no_address", "The name leads to no address"),
                            ("not_public", "The name does not lead to a public server"),
                            ("connection", "No connection"),
                            ("tls", "The certificate or the encryption does not fit"),
                            ("timeout", "Too slow"),
                            ("protocol", "The answer is not HTTP"),
                            ("hidden", "The organisation may no longer read the object"),
                            ("secret", "The secret cannot be read; rotate it"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "failed"])),
                        fields=["due_at"],
                        name="webhook_delivery_due",
                    ),
                    models.Index(fields=["endpoint", "-occurred_at"], name="webhook_delivery_log"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "event_id"), name="webhook_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "delivered", "failed", "given_up"])),
                        name="webhook_delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fault__in",
                                [
                                    "",
                                    "address",
                                    "no_address",
                                    "not_public",
                                    "connection",
                                    "tls",
                                    "timeout",
                                    "protocol",
                                    "hidden",
                                    "secret",
                                ],
                            )
                        ),
                        name="webhook_delivery_fault_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_at__isnull", False),
                            models.Q(("state__in", ["pending", "failed"]), _negated=True),
                            _connector="OR",
                        ),
                        name="webhook_delivery_unfinished_is_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="webhooks.delivery"
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("took_ms", models.PositiveIntegerField()),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "The address may no longer be called"),
                            ("no_address", "The name leads to no address"),
                            ("not_public", "The name does not lead to a public server"),
                            ("connection", "No connection"),
                            ("tls", "The certificate or the encryption does not fit"),
                            ("timeout", "Too slow"),
                            ("protocol", "The answer is not HTTP"),
                            ("hidden", "The organisation may no longer read the object"),
                            ("secret", "The secret cannot be read; rotate it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.RunSQL(LOG.replace("{role}", runtime_role()), BACK.replace("{role}", runtime_role())),
    ]
