/**
 * Reports and findings read the texts of history; a text that somebody broke must be an answer of theirs, not the end of them.
 * And an export of a period finds its entries in the log by their time.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The text as an entry: null where it is no JSON, or where what findings cast is not of its type. PostgreSQL 15 has neither
 * `IS JSON` nor pg_input_is_valid. A block with an exception handler cannot run in a parallel worker.
 */
const FUNCTION = `
CREATE FUNCTION alur_entry(entry text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
DECLARE
  j jsonb;
BEGIN
  j := entry::jsonb;
  IF jsonb_typeof(j) <> 'object' OR coalesce(jsonb_typeof(j->'event'), '') <> 'string' THEN
    RETURN NULL;
  END IF;
  PERFORM (j->'actor'->>'actingFor')::uuid, (j->'visit'->>'calendar')::int, (j->'visit'->>'stepNo')::int,
    (j->'visit'->>'budgetMs')::numeric - (j->'visit'->>'usedMs')::numeric,
    (j->'visit'->>'budgetMs')::numeric / nullif((j->'visit'->>'budgetMinutes')::numeric, 0) / 60;
  RETURN j;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$`;

export class ReadSafely1764930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTION);
    await runner.query('GRANT EXECUTE ON FUNCTION alur_entry(text) TO alur_app');
    // The order of the log follows time closely: a few pages tell which of it a period can be in.
    await runner.query(
      'CREATE INDEX log_entries_at ON log_entries USING brin (at) WITH (pages_per_range = 32, autosummarize = on)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX log_entries_at');
    await runner.query('DROP FUNCTION alur_entry(text)');
  }
}
