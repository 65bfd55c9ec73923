import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.search.models

# The same thing in both languages, as the industry says it; extended by the chains' own term bridges.
TERMS = [
    ("充电", "charging"), ("电池", "battery"), ("能量密度", "energy density"), ("续航", "range"), ("续航", "endurance"),
    ("快充", "fast charging"), ("芯片", "chip"), ("功耗", "power consumption"), ("散热", "heat dissipation"),
    ("散热", "cooling"), ("固态电池", "solid-state battery"), ("车规级", "automotive-grade"), ("智能驾驶", "autonomous driving"),
    ("传感器", "sensor"), ("医疗器械", "medical device"), ("输液泵", "infusion pump"), ("生物相容性", "biocompatibility"),
    ("新材料", "new material"), ("高分子", "polymer"), ("薄膜", "film"), ("包装", "packaging"), ("电极", "electrode"),
    ("正极", "cathode"), ("负极", "anode"), ("隔膜", "separator"), ("电解质", "electrolyte"), ("半导体", "semiconductor"),
    ("雷达", "radar"), ("天线", "antenna"), ("良率", "yield"), ("中试", "pilot"), ("量产", "mass production"),
    ("机器人", "robot"), ("轴承", "bearing"), ("电机", "motor"), ("涂层", "coating"), ("催化剂", "catalyst"),
    ("纺织", "textile"), ("钢铁", "steel"), ("氢能", "hydrogen"), ("光伏", "photovoltaic"), ("风电", "wind power"),
    ("需求", "need"), ("成果", "result"), ("设备", "equipment"), ("检测", "testing"), ("标准", "standard"),
]  # fmt: skip

SCORE = """
CREATE FUNCTION search_score(weights jsonb, length double precision, asked jsonb, average double precision, k1 double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql STABLE PARALLEL SAFE COST 2000 AS $$
DECLARE
  held jsonb := weights || '{}'::jsonb;  -- unpacked once, not once per token
  norm double precision := k1 * (1 - b + b * length / greatest(average, 1));
  total double precision := 0;
  token text;
  worth text;
  weight double precision;
BEGIN
  FOR token, worth IN SELECT * FROM jsonb_each_text(asked) LOOP
    weight := (held ->> token)::double precision;
    IF weight IS NOT NULL THEN
      total := total + worth::double precision * weight * (k1 + 1) / (weight + norm);
    END IF;
  END LOOP;
  RETURN total;
END $$;
"""

# The planner thinks reading a small table through is cheap, and does not count what unpacking its vectors costs: the index answers always.
HOLDING = """
CREATE FUNCTION search_holding(tokens text[], most integer) RETURNS TABLE (at integer, held integer)
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
  FOR number IN 1 .. coalesce(array_length(tokens, 1), 0) LOOP
    at := number;
    SELECT count(*) INTO held FROM (
      SELECT 1 FROM search_document d WHERE d.vector @@ tokens[number]::tsquery AND d.visibility IN ('public', 'members') LIMIT most
    ) few;
    RETURN NEXT;
  END LOOP;
END $$;
"""


def seed(apps, schema_editor):
    term = apps.get_model("search", "Term")
    term.objects.bulk_create([term(zh=zh, en=en) for zh, en in TERMS], ignore_conflicts=True)


def clear(apps, schema_editor):
    term = apps.get_model("search", "Term")
    for zh, en in TERMS:
        term.objects.filter(zh=zh, en=en).delete()


class Migration(migrations.Migration):
    """The index. Documents are weighed and placed by the task `search.weigh`, in batches; until then only their titles are found."""

    replaces = [
        ("search", "0001_initial"),
        ("search", "0002_terms"),
        ("search", "0003_ranking"),
        ("search", "0004_synonyms"),
        ("search", "0005_holding"),
        ("search", "0006_places"),
        ("search", "0007_place_index"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("room", models.CharField(max_length=30)),
                ("kind", models.CharField(db_index=True, max_length=30)),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("link", models.CharField(max_length=300)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("members", "Members"), ("restricted", "Restricted")],
                        max_length=20,
                    ),
                ),
                (
                    "parties",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("facets", models.JSONField(default=dict)),
                ("vector", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("weights", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("length", models.FloatField(db_default=0, default=0)),
                ("place", core.search.models.Signs(null=True)),
                ("place_of", models.PositiveIntegerField(db_default=0, default=0)),
                ("updated_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="document_vector"),
                    django.contrib.postgres.indexes.GinIndex(fields=["parties"], name="document_parties"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["title"], name="document_title_typos", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(condition=models.Q(("length", 0)), fields=["updated_at"], name="document_unweighed"),
                    models.Index(
                        fields=["place_of"], include=("visibility", "kind", "id", "place"), name="document_place"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("object_type", "object_id"), name="document_once"),
                    models.CheckConstraint(
                        condition=models.Q(("visibility__in", ["public", "members", "restricted"])),
                        name="document_visibility_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("zh", models.CharField(max_length=60)),
                ("en", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["zh"],
                "constraints": [models.UniqueConstraint(fields=("zh", "en"), name="term_once")],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("scope", models.CharField(max_length=40)),
                ("text", models.CharField(max_length=80)),
                ("other", models.CharField(max_length=80)),
                ("source_id", models.UUIDField(db_index=True)),
            ],
            options={
                "ordering": ["scope", "text"],
                "constraints": [models.UniqueConstraint(fields=("source_id", "scope", "text"), name="synonym_once")],
            },
        ),
        migrations.CreateModel(
            name="Learnt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("number", models.PositiveIntegerField(unique=True)),
                ("documents", models.PositiveIntegerField()),
                ("planes", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LearntWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "learnt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="words", to="search.learnt"
                    ),
                ),
                ("token", models.CharField(max_length=100)),
                ("rarity", models.FloatField()),
                ("vector", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("learnt", "token"), name="learnt_word_once")],
            },
        ),
        migrations.RunSQL(
            SCORE,
            "DROP FUNCTION search_score(jsonb, double precision, jsonb, double precision, double precision, double precision)",
        ),
        migrations.RunSQL(HOLDING, "DROP FUNCTION search_holding(text[], integer)"),
        migrations.RunPython(seed, clear),
    ]
