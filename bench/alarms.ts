/**
 * Many alarms due at once, or steadily: how late each was told, whether each was told once, and what transitions do beside
 * them. Run it on what `npm run seed` has filled, with the same DATA_DIR; REDIS_URL chooses the queue:
 * node dist/bench/alarms.js <data folder> [alarms] [seconds they are spread over] [beside]
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { load } from './load.js';
import { startServer } from './server.js';
import { signIn } from './sign-in.js';

/** Longer than a sweep, which arms the queue for what was changed behind its back. */
const AHEAD_SECONDS = 20;
const DEADLINE_MS = 90_000;
const CONNECTIONS = 64;
const ALONE_SECONDS = 10;
const say = (line: string) => process.stdout.write(`${line}\n`);

const [dataDir, count = '10000', spread = '1', beside] = process.argv.slice(2);
if (!dataDir) throw new Error('node dist/bench/alarms.js <data folder> [alarms] [seconds] [beside]');
const redisUrl = process.env.REDIS_URL;
const spreadSeconds = Number(spread);

/** The clocks of open cases that have told nothing yet run out within some seconds; the next level is a step's budget away. */
const ARM = `
WITH chosen AS (
  SELECT office_id, id, date_trunc('milliseconds', alur_now() + make_interval(secs => $2 + random() * $3)) AS at
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

const OVERDUE = 'SELECT count(*)::int AS n FROM case_desks WHERE next_alarm_at < alur_now()';

interface Told {
  readonly n: number;
  readonly cases: number;
  readonly late: readonly number[];
}

const server = await startServer(dataDir, redisUrl ? { REDIS_URL: redisUrl } : {});
const client = new Client({ connectionString: server.databaseUrl });
await client.connect();

/** Waits until nothing is due any more, a while after the last alarm. */
async function allTold(): Promise<void> {
  await pause((AHEAD_SECONDS + spreadSeconds) * 1000);
  const until = performance.now() + DEADLINE_MS;
  for (;;) {
    const { rows } = await client.query<{ n: number }>(OVERDUE);
    if (rows[0]?.n === 0 || performance.now() > until) return;
    await pause(100);
  }
}

const drive = async (seconds: number) => {
  const tokens = await signIn(server.url, server.password);
  return load({ url: server.url, tokens, connections: CONNECTIONS, seconds });
};

try {
  const alone = beside ? await drive(ALONE_SECONDS) : null;
  const { rows: clock } = await client.query<{ now: Date }>('SELECT alur_now() AS now');
  const { rowCount } = await client.query(ARM, [Number(count), AHEAD_SECONDS, spreadSeconds]);
  const due = rowCount ?? 0;
  const waiting = allTold();
  if (alone) {
    await pause(AHEAD_SECONDS * 1000);
    const busy = await drive(spreadSeconds);
    const share = Math.round((100 * busy.ratePerSecond) / alone.ratePerSecond);
    say(`transitions alone ${alone.ratePerSecond}/s, beside the alarms ${busy.ratePerSecond}/s: ${share} %`);
  }
  await waiting;
  const { rows } = await client.query<Told>(TOLD, [clock[0]?.now]);
  const told = rows[0] ?? { n: 0, cases: 0, late: [] };
  const [p50 = 0, p99 = 0, most = 0] = told.late.map((ms) => Math.round(ms));
  say(
    `${redisUrl ? 'Redis' : 'PostgreSQL'} queue: ${due} due within ${spreadSeconds} s, ${told.cases} told, ` +
      `${told.n - told.cases} told twice; late p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`,
  );
} finally {
  await client.end();
  await server.stop();
}
