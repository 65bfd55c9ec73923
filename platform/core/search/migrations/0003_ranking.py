from django.db import migrations, models

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


class Migration(migrations.Migration):
    """Documents written before are weighed by the task `search.weigh`, in batches; until then only their titles are found."""

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
        migrations.AddIndex(
            "document",
            models.Index(fields=["updated_at"], condition=models.Q(length=0), name="document_unweighed"),
        ),
    ]
