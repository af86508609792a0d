/**
 * R12: cases whose alarm cannot fire, a worker that dies and one that hangs over what it has claimed, jobs with rubbish in
 * them: all others are told in time; what is poisoned is parked after five tries, listed, and fires once it is mended.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECT_ROOT } from '../src/paths.js';
import type { Alur } from './alur.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { rubbishJobs } from './rubbish-jobs.js';
import { openCases, LATE_P99_MS } from './waiting.js';
import type { World } from './world.js';

const CASES: Readonly<Record<Size, number>> = { small: 600, ci: 2000, nightly: 10_000 };
/** One in twenty. */
const POISONED_SHARE = 0.05;
const MORNING = Date.parse('2026-11-24T02:00:00Z');
/** Three working minutes, and those who were opened last. */
const STEP_MS = 180_000;
/** After which the next try of a failed alarm is due (src/engine/due.store.ts). */
const WAITS_SECONDS = [1, 5, 15, 60];
const DEADLINE_MS = 60_000;
const SWEEP = { SWEEP_SECONDS: '2' };

/** Machine not installed, another hash, calendar gone, snapshot unreadable: each case made unfit, and mended. */
const POISON = `
UPDATE cases c SET
  machine_version = CASE n % 4 WHEN 0 THEN 99 ELSE machine_version END,
  machine_hash = CASE n % 4 WHEN 1 THEN 'x' || machine_hash ELSE machine_hash END,
  calendar_version = CASE n % 4 WHEN 2 THEN 99 ELSE calendar_version END,
  snapshot = CASE n % 4 WHEN 3 THEN '{' || snapshot ELSE snapshot END
FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n) WHERE c.id = p.id`;
const CURE = `
UPDATE cases SET machine_version = 1, calendar_version = 1, machine_hash = ltrim(machine_hash, 'x'),
  snapshot = CASE WHEN snapshot LIKE '{{%' THEN substr(snapshot, 2) ELSE snapshot END WHERE id = ANY($1::uuid[])`;

/** Late is counted from `$2`, the instant at which the clock had passed all of them. */
const TOLD = `
SELECT count(*) FILTER (WHERE entries = 0 OR notices = 0)::int AS lost,
  count(*) FILTER (WHERE entries > 1 OR notices > 1)::int AS doubled, coalesce(max(late), 0)::float8 AS late
FROM (SELECT (SELECT count(*) FROM history h WHERE h.case_id = c.id AND h.level = 100) AS entries,
    (SELECT count(*) FROM notices n WHERE n.case_id = c.id AND n.level = 100) AS notices,
    (SELECT extract(epoch FROM h.at - $2::timestamptz) * 1000 FROM history h WHERE h.case_id = c.id AND h.level = 100 LIMIT 1) AS late
  FROM cases c WHERE c.id = ANY($1::uuid[])) t`;
const TRIES = `
SELECT count(*)::int AS failed, count(*) FILTER (WHERE tries = 5 AND retry_at = 'infinity')::int AS parked,
  coalesce(min(tries), 0) AS least, coalesce(max(tries), 0) AS most FROM failed_alarms WHERE case_id = ANY($1::uuid[])`;

type Told = Record<'lost' | 'doubled' | 'late', number>;
type Tries = Record<'failed' | 'parked' | 'least' | 'most', number>;

export const poison: Drill = {
  id: 'R12',
  what: 'poison',
  queues: BOTH,
  async run(world, size) {
    const { database } = world;
    await database.setNow(new Date(MORNING));
    const ids = await openCases(world.people(await world.started('api'), 1), CASES[size]);
    const poisoned = ids.filter((_, index) => index % (1 / POISONED_SHARE) === 7);
    const healthy = ids.filter((id) => !poisoned.includes(id));
    await database.owner.query(POISON, [poisoned]);
    await rubbishJobs(world, poisoned.length);
    const [bad, good] = await Promise.all([badWorkers(world), world.many(2, 'worker', { environment: SWEEP })]);
    // The good ones are there, and held until the bad ones have claimed: else there might be nothing left to claim.
    for (const worker of good) worker.signal('SIGSTOP');
    const due = new Date(await latestDue(world));
    await database.setNow(due);
    const struck = await allStruck(bad);
    for (const worker of good) worker.signal('SIGCONT');
    const told = await until(world, TOLD, [healthy, due], ({ lost }: Told) => lost === 0);
    const lateMs = Math.round(told.late);
    world.say(`${healthy.length} healthy ones told, the last ${lateMs} ms after it was due`);
    const wrong = await parkAll(world, poisoned);
    if (!struck) wrong.push('the bad workers claimed nothing');
    await database.owner.query(CURE, [poisoned]);
    wrong.push(...command(world, ['--retry', 'all'], 0, `${poisoned.length} to be tried again`));
    const mended = await until(world, TOLD, [poisoned, due], ({ lost }: Told) => lost === 0);
    const again = await until(world, TOLD, [healthy, due], (_row: Told) => true);
    if (lateMs > LATE_P99_MS) wrong.push(`a healthy case ${lateMs} ms late, ${LATE_P99_MS} promised`);
    return {
      n: ids.length,
      lost: told.lost + mended.lost,
      doubled: again.doubled + mended.doubled,
      lateP99Ms: lateMs,
      faults: `${poisoned.length} cases and jobs, 1 exit, 1 hang`,
      wrong,
    };
  },
};

/** One exits over its first claim, one hangs over it. */
function badWorkers(world: World): Promise<Alur[]> {
  const bad = (how: string) => ({
    environment: { ...SWEEP, DRILL_POINT: `claim-due:answered 1 ${how}` },
    preload: 'crash-point.mjs',
  });
  return Promise.all(['kill', 'spin'].map((how) => world.started('worker', bad(how))));
}

/** Both have claimed what is due; false where one never did. */
async function allStruck(bad: readonly Alur[]): Promise<boolean> {
  const end = performance.now() + DEADLINE_MS;
  while (!bad.every(({ log }) => log.includes('crash point'))) {
    if (performance.now() > end) return false;
    await pause(50);
  }
  return true;
}

async function latestDue({ database }: World): Promise<number> {
  const { rows } = await database.owner.query<{ at: Date }>('SELECT max(due_at) AS at FROM cases');
  return (rows[0]?.at.getTime() ?? MORNING + STEP_MS) + 1;
}

/** Four waits, each a little longer than the next try needs; in the end every one of them is parked, after five tries. */
async function parkAll(world: World, poisoned: readonly string[]): Promise<string[]> {
  await until(world, TRIES, [poisoned], ({ failed }: Tries) => failed === poisoned.length);
  for (const [index, seconds] of WAITS_SECONDS.entries()) {
    const { rows } = await world.database.owner.query<{ now: Date }>('SELECT alur_now() AS now');
    await world.database.setNow(new Date((rows[0]?.now.getTime() ?? 0) + seconds * 1000));
    await until(world, TRIES, [poisoned], ({ least }: Tries) => least >= index + 2);
  }
  const tries = await until(world, TRIES, [poisoned], ({ parked }: Tries) => parked === poisoned.length);
  const wrong = command(world, [], 1, `${poisoned.length} parked, 0 to be tried again`);
  if (tries.parked !== poisoned.length) wrong.push(`${tries.parked} of ${poisoned.length} parked`);
  if (tries.most > 5) wrong.push(`${tries.most} tries`);
  return wrong;
}

/** `npm run parked`, as whoever runs the office would. */
function command({ database }: World, args: readonly string[], code: number, said: string): string[] {
  const ran = spawnSync(process.execPath, [join(PROJECT_ROOT, 'dist/scripts/parked.js'), ...args], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: database.appUrl },
    encoding: 'utf8',
  });
  if (ran.status === code && ran.stdout.includes(said)) return [];
  return [`npm run parked gave ${String(ran.status)}: ${ran.stdout.slice(-300)}${ran.stderr.slice(-300)}`];
}

/** The row once it is as wanted, or as it is when the time is over. */
async function until<T>(
  { database }: World,
  query: string,
  values: readonly unknown[],
  wanted: (row: T) => boolean,
): Promise<T> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const { rows } = await database.owner.query<T & object>(query, [...values]);
    const row = rows[0];
    if (row && (wanted(row) || performance.now() > end)) return row;
    await pause(200);
  }
}
