from pathlib import Path

from django.db import migrations, models

TERMS = Path(__file__).resolve().parents[1] / "data" / "terms.tsv"

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


def seed(apps, schema_editor):
    term = apps.get_model("search", "Term")
    rows = [line.split("\t") for line in TERMS.read_text(encoding="utf-8").splitlines() if line.strip()]
    term.objects.bulk_create([term(zh=zh, en=en) for zh, en in rows], ignore_conflicts=True)


def weigh(apps, schema_editor):
    from core.search.bridge import Bridge
    from core.search.ranking import weights_of
    from core.search.services import vector_of

    bridge = Bridge(apps.get_model("search", "Term").objects.values_list("zh", "en"))
    document = apps.get_model("search", "Document")
    for row in document.objects.iterator(chunk_size=500):
        row.weights, row.length = weights_of(row.title, row.text, bridge)
        row.save(update_fields=["weights", "length"])
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE search_document SET vector = %s::tsvector WHERE id = %s",
                [vector_of(row.title, row.text, row.weights), str(row.pk)],
            )


class Migration(migrations.Migration):
    dependencies = [("search", "0002_terms")]
    operations = [
        migrations.AddField(
            "document", "weights", models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
        ),
        migrations.AddField("document", "length", models.FloatField(default=0, db_default=0)),
        migrations.RunSQL(
            SCORE,
            "DROP FUNCTION search_score(jsonb, double precision, jsonb, double precision, double precision, double precision)",
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(weigh, migrations.RunPython.noop),
    ]
