/** Everything a refused request must leave as it was: rows of every table that acts write, and where each case stands. */
import type { TestDatabase } from './database.js';

const FOOTPRINT = `
SELECT
  (SELECT count(*)::int FROM cases) AS cases,
  (SELECT md5(coalesce(string_agg(c::text, E'\\n' ORDER BY c.id), '')) FROM cases c) AS standing,
  (SELECT count(*)::int FROM case_applicants) AS applicants,
  (SELECT count(*)::int FROM history) AS history,
  (SELECT count(*)::int FROM case_payloads) AS payloads,
  (SELECT count(*)::int FROM agenda_entries) AS agenda,
  (SELECT count(*)::int FROM notices) AS notices,
  (SELECT coalesce(json_agg(k ORDER BY k.office_id, k.name, k.year), '[]') FROM counters k) AS counters`;

export async function footprint({ owner }: TestDatabase): Promise<object> {
  const { rows } = await owner.query<object>(FOOTPRINT);
  return rows[0]!;
}
