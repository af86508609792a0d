/**
 * Many alarms due at one instant: how late each was told, and whether each was told once. Run it on what `npm run seed`
 * has filled, with the same DATA_DIR; REDIS_URL chooses the queue: node dist/bench/alarms.js <data folder> [alarms]
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { startServer } from './server.js';

/** Longer than a sweep, which arms the queue for what was changed behind its back. */
const AHEAD_SECONDS = 20;
const DEADLINE_MS = 90_000;

const [dataDir, count = '10000'] = process.argv.slice(2);
if (!dataDir) throw new Error('node dist/bench/alarms.js <data folder> [alarms]');
const redisUrl = process.env.REDIS_URL;

/** The clocks of open cases that have told nothing yet run out within one second; the next level is a step's budget away. */
const ARM = `
WITH chosen AS (
  SELECT office_id, id, date_trunc('milliseconds', alur_now() + make_interval(secs => $2 + random())) AS at
  FROM cases WHERE fired_level = 0 AND next_alarm_at IS NOT NULL LIMIT $1
),
armed AS (
  UPDATE cases c SET due_at = at, breach_at = at, next_alarm_at = at, fired_level = 80,
    clock_started_at = at - make_interval(mins => budget_minutes), used_ms = 0
  FROM chosen h WHERE c.office_id = h.office_id AND c.id = h.id RETURNING c.office_id, c.id, at
)
UPDATE case_desks d SET due_at = at, breach_at = at, next_alarm_at = at, fired_level = 80
FROM armed a WHERE d.office_id = a.office_id AND d.case_id = a.id
RETURNING extract(epoch FROM at)::float8 AS at`;

const TOLD = `
SELECT count(*)::int AS n, count(DISTINCT case_id)::int AS cases,
  percentile_disc(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM at - (entry::json->'facts'->>'dueSince')::timestamptz) * 1000)
    ::float8[] AS late
FROM history WHERE level = 100 AND at > $1`;

interface Told {
  readonly n: number;
  readonly cases: number;
  readonly late: readonly number[];
}

const server = await startServer(dataDir, redisUrl ? { REDIS_URL: redisUrl } : {});
const client = new Client({ connectionString: server.databaseUrl });
await client.connect();
try {
  const { rows: clock } = await client.query<{ now: Date }>('SELECT alur_now() AS now');
  const { rowCount } = await client.query(ARM, [Number(count), AHEAD_SECONDS]);
  const until = performance.now() + DEADLINE_MS;
  let told: Told = { n: 0, cases: 0, late: [] };
  while (told.cases < (rowCount ?? 0) && performance.now() < until) {
    await pause(250);
    const { rows } = await client.query<Told>(TOLD, [clock[0]?.now]);
    if (rows[0]?.cases) told = rows[0];
  }
  const [p50 = 0, p99 = 0, most = 0] = told.late.map((ms) => Math.round(ms));
  const due = rowCount ?? 0;
  process.stdout.write(
    `${redisUrl ? 'Redis' : 'PostgreSQL'} queue: ${due} due within a second, ${told.cases} told, ` +
      `${told.n - told.cases} told twice; late p50 ${p50} ms, p99 ${p99} ms, most ${most} ms\n`,
  );
} finally {
  await client.end();
  await server.stop();
}
