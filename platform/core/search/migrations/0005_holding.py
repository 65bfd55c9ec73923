from django.db import migrations

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


class Migration(migrations.Migration):
    """How many documents hold each of some tokens."""

    dependencies = [("search", "0004_synonyms")]
    operations = [migrations.RunSQL(HOLDING, "DROP FUNCTION search_holding(text[], integer)")]
