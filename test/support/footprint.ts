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

/** Written by workers in their own time, or by the refusals themselves. */
const SHIFTING = /^(canaries|history_arrivals|log_\w+|refused_attempts|request_counts|sign_in_attempts|test_clock)$/;

/** The content of every table that a request may write, those of administration included. */
export async function wholeFootprint({ owner }: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const names = tables.map(({ name }) => name).filter((name) => !SHIFTING.test(name));
  const all = names.map(
    (name) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS sum FROM ${name} t`,
  );
  const { rows } = await owner.query<{ name: string; sum: string }>(all.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
