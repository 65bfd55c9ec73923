import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import append_only

RULES = """
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

CREATE FUNCTION book_entry_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO book_waiting (entry_id, xid) VALUES (NEW.id, NEW.xid);
    RETURN NULL;
END $$;
CREATE TRIGGER book_entry_waits AFTER INSERT ON book_entry
    FOR EACH ROW EXECUTE FUNCTION book_entry_waits();
"""
UNDO = """
DROP TRIGGER book_entry_waits ON book_entry;
DROP FUNCTION book_entry_waits();
DROP TRIGGER book_body_erases_only ON book_body;
DROP FUNCTION book_body_erases_only();
"""


class Migration(migrations.Migration):
    """The book. Leaves, places, nodes, checkpoints and self-checks are only ever added; of a body nothing but salt and content
    can be erased."""

    replaces = [("book", "0001_initial"), ("book", "0002_only_grows"), ("book", "0003_checkpoints")]

    initial = True

    dependencies = [
        ("accounts", "0002_machine_clients"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                ("xid", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="body",
                        serialize=False,
                        to="book.entry",
                    ),
                ),
                ("operation", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.machineclient",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("salt", models.BinaryField(null=True)),
                ("content", models.BinaryField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["object_id", "-at"], name="body_of_object"),
                    models.Index(fields=["organisation", "-at"], name="body_of_organisation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="waiting",
                        serialize=False,
                        to="book.entry",
                    ),
                ),
                ("xid", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["xid", "entry"], name="book_waiting_in_order")],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="place", to="book.entry"
                    ),
                ),
                ("root", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("position", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "position"), name="book_node_once")],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("vkey", models.CharField(max_length=300)),
                ("note", models.TextField()),
                ("at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("size", "vkey"), name="book_checkpoint_once")],
            },
        ),
        migrations.CreateModel(
            name="SelfCheck",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("sound", "Sound"), ("broken", "Broken"), ("fork", "Fork")], max_length=10
                    ),
                ),
                ("entries", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("first_index", models.BigIntegerField(null=True)),
                ("last_index", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("erased", models.BigIntegerField(default=0)),
                ("checkpoints", models.BigIntegerField(default=0)),
                ("witnessed", models.BigIntegerField(null=True)),
                ("milliseconds", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["sound", "broken", "fork"])), name="book_verdict_known"
                    )
                ],
            },
        ),
        *append_only("book_entry"),
        *append_only("book_place"),
        *append_only("book_node"),
        *append_only("book_checkpoint"),
        *append_only("book_selfcheck"),
        migrations.RunSQL(RULES, UNDO),
    ]
