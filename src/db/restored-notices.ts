/**
 * Notices are listed and streamed in the order of the transactions that made them. A dump that is restored keeps those numbers,
 * but the new server counts from the start: what it adds would stand below all that was restored, and behind every stream.
 */
import type { Client } from 'pg';

/** Looked up for each account at the end of its own notices. */
const AHEAD = `
SELECT count(*)::int AS n FROM accounts a CROSS JOIN LATERAL (
  SELECT created_xid FROM notices WHERE office_id = a.office_id AND recipient_id = a.id
  ORDER BY created_xid DESC, id DESC LIMIT 1) newest
WHERE newest.created_xid >= pg_snapshot_xmax(pg_current_snapshot())`;

/** PostgreSQL keeps the numbers below for itself. */
const FIRST = 3;

/** Each recipient's in their order: first what was restored, then what this server has added. */
const RENUMBER = `
UPDATE notices n SET created_xid = (place.n + ${FIRST - 1})::text::xid8 FROM (
  SELECT office_id, id, row_number() OVER (PARTITION BY office_id, recipient_id
    ORDER BY created_xid < pg_snapshot_xmax(pg_current_snapshot()), created_xid, id) AS n FROM notices) place
WHERE n.office_id = place.office_id AND n.id = place.id`;

/** Transactions that write nothing, until the next number is above all that were given out. */
const PASS = `
DO $$
DECLARE most bigint := (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM notices GROUP BY office_id, recipient_id) c);
BEGIN
  WHILE pg_current_xact_id() <= (most + ${FIRST})::text::xid8 LOOP COMMIT; END LOOP;
END $$`;

/** How many recipients had notices ahead of this server; 0 unless a dump was restored. */
export async function renumberRestored(owner: Client): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(AHEAD);
  const ahead = rows[0]?.n ?? 0;
  if (ahead === 0) return 0;
  await owner.query(PASS);
  await owner.query(RENUMBER);
  return ahead;
}
