/** Reading afterwards, as the database's superuser, what came of it: requests and alarms, each against what must be there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/paths.js';
import type { TestDatabase } from '../test/support/database.js';
import type { Clients } from './clients.js';

/** Acknowledged keys without their entry; keys, levels and acts with more than one. */
const REQUESTS = `
WITH journal AS (SELECT * FROM json_to_recordset($1::json) AS j(key text, hash text))
SELECT (SELECT count(*)::int FROM journal j WHERE NOT EXISTS (
    SELECT 1 FROM history h WHERE h.request_key = j.key AND encode(h.hash, 'hex') = j.hash)) AS lost,
  (SELECT count(*)::int FROM (SELECT request_key FROM history WHERE request_key IS NOT NULL
    GROUP BY request_key HAVING count(*) > 1) k) +
  (SELECT count(*)::int FROM (SELECT 1 FROM history WHERE actor_id IS NOT NULL
    GROUP BY office_id, case_id, event HAVING count(*) > 1) a) +
  (SELECT count(*)::int FROM (SELECT 1 FROM history WHERE level IS NOT NULL
    GROUP BY office_id, case_id, visit, level HAVING count(*) > 1) l) AS doubled`;

/** Cases and numbers without a gap, entries without a gap, time that never goes back within a case. */
const ORDER = `
SELECT (SELECT count(*)::int FROM (SELECT 1 FROM history GROUP BY office_id, case_id HAVING max(seq) <> count(*)) g) AS gaps,
  (SELECT count(*)::int FROM (SELECT at < lag(at) OVER (PARTITION BY office_id, case_id ORDER BY seq) AS back FROM history) t
    WHERE back) AS back,
  (SELECT count(*)::int FROM counters k WHERE k.last_seq <> CASE k.name
    WHEN 'incoming' THEN (SELECT count(*) FROM agenda_entries a WHERE a.office_id = k.office_id AND a.book = k.name)
    WHEN 'outgoing' THEN (SELECT count(*) FROM agenda_entries a WHERE a.office_id = k.office_id AND a.book = k.name)
    ELSE (SELECT count(*) FROM cases c WHERE c.office_id = k.office_id) END) AS numbers`;

/**
 * Cases of the rehearsal office that nobody touched after opening: their three levels are due 0, 3 and 9 seconds after
 * the step's three minutes. Due steps with alert rows, both ways: entries and the notices that each has to bring.
 */
const ALARMS = `
WITH due AS (
  SELECT c.office_id, c.id AS case_id, c.visit, level, people, c.due_at + make_interval(secs => after) AS due_at
  FROM cases c, (VALUES (100, 1, 0), (200, 2, 3), (400, 1, 9)) AS ladder(level, people, after)
  WHERE c.id = ANY($1::uuid[])
),
rung AS (
  SELECT office_id, case_id, visit, level, count(*)::int AS times, min(at) AS at FROM history
  WHERE level IS NOT NULL AND case_id = ANY($1::uuid[]) GROUP BY 1, 2, 3, 4
),
told AS (
  SELECT office_id, case_id, visit, level, count(*)::int AS times FROM notices
  WHERE level > 0 AND case_id = ANY($1::uuid[]) GROUP BY 1, 2, 3, 4
)
SELECT count(d.case_id)::int AS n,
  count(*) FILTER (WHERE d.case_id IS NOT NULL AND (r.case_id IS NULL OR coalesce(t.times, 0) < people))::int AS lost,
  count(*) FILTER (WHERE d.case_id IS NULL OR r.times > 1 OR t.times > people)::int AS doubled,
  count(*) FILTER (WHERE r.at <= d.due_at)::int AS early,
  coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM r.at - d.due_at) * 1000), 0)::float8 AS late
FROM due d FULL JOIN rung r USING (office_id, case_id, visit, level) FULL JOIN told t USING (office_id, case_id, visit, level)`;

export interface AlarmTally {
  readonly n: number;
  readonly lost: number;
  readonly doubled: number;
  readonly early: number;
  readonly lateP99Ms: number;
}

export async function alarmTally({ owner }: TestDatabase, ids: readonly string[]): Promise<AlarmTally> {
  const { rows } = await owner.query<Omit<AlarmTally, 'lateP99Ms'> & { late: number }>(ALARMS, [ids]);
  const { late, ...counts } = rows[0] ?? { n: 0, lost: 0, doubled: 0, early: 0, late: 0 };
  return { ...counts, lateP99Ms: Math.round(late) };
}

/** What is wrong with the histories as such. */
export async function disorder({ owner }: TestDatabase): Promise<string[]> {
  const { rows } = await owner.query<Record<'gaps' | 'back' | 'numbers', number>>(ORDER);
  const { gaps = 1, back = 1, numbers = 1 } = rows[0] ?? {};
  return [
    ...(gaps > 0 ? [`${gaps} cases with a gap in their history`] : []),
    ...(back > 0 ? [`time goes back ${back} times within a case`] : []),
    ...(numbers > 0 ? [`${numbers} number sequences with a gap`] : []),
  ];
}

/** The same, and what `npm run replay` says. */
export async function disorderAndReplay(database: TestDatabase): Promise<string[]> {
  const replay = spawnSync(process.execPath, [join(PROJECT_ROOT, 'dist/scripts/replay.js')], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: database.appUrl },
    encoding: 'utf8',
  });
  const differs = replay.status === 0 ? [] : [`replay: ${replay.stdout.slice(-300)}${replay.stderr.slice(-300)}`];
  return [...(await disorder(database)), ...differs];
}

export async function requestTally({ owner }: TestDatabase, { journal }: Clients) {
  const { rows } = await owner.query<{ lost: number; doubled: number }>(REQUESTS, [JSON.stringify(journal)]);
  const { lost = journal.length, doubled = 0 } = rows[0] ?? {};
  return { n: journal.length, lost, doubled };
}

export function oddities({ odd }: Clients): string[] {
  return [...odd].map(([what, times]) => `${times} x ${what}`);
}
