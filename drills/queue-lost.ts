/** R5: the queue forgets everything, or might at any time: nothing is missed, all is armed again soon, a bad policy is refused. */
import { setTimeout as pause } from 'node:timers/promises';
import { ALARM_QUEUE } from '../src/sla/alarm.queue.js';
import { makeQueue } from '../src/sla/backend.js';
import { arm } from './arm.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { hasRedisServer, OwnRedis } from './own-redis.js';
import { allTold, misheard, openCases } from './waiting.js';
import type { World } from './world.js';

const CASES: Readonly<Record<Size, number>> = { small: 2000, ci: 10_000, nightly: 10_000 };
/** The alarms lie within the time that a worker arms ahead (four sweeps), behind the time it takes to look. */
const FROM_SECONDS = 15;
const OVER_SECONDS = 20;
const REARM_MS = 10_000;
/** The wake-up call of each alarm ahead: one job for each quarter second, which all its alarms share. */
const CALLS = `
SELECT 'alarms-' || (floor(extract(epoch FROM next_alarm_at) * 4)::bigint + 1) AS job, count(*)::int AS alarms
FROM case_desks WHERE next_alarm_at > alur_now() + interval '1 second' GROUP BY 1`;

export const queueLost: Drill = {
  id: 'R5',
  what: 'queue emptied, its data lost',
  queues: BOTH,
  async run(world, size) {
    const own = world.redis && hasRedisServer() ? await OwnRedis.start() : null;
    const environment: Record<string, string> = own ? { REDIS_URL: own.url } : {};
    try {
      const api = await world.started('api', { environment });
      const ids = await openCases(world.people(api), CASES[size]);
      await arm(world.database, ids, FROM_SECONDS, OVER_SECONDS);
      const worker = await world.started('worker', { environment });
      await armedAgain(world, environment.REDIS_URL);
      await worker.kill();
      await (own ? own.client.flushall() : world.loseJobs());
      await world.started('worker', { environment });
      const begun = performance.now();
      const { alarms, jobs } = await armedAgain(world, environment.REDIS_URL);
      const rearmedMs = Math.round(performance.now() - begun);
      world.say(`${alarms} alarms have their ${jobs} jobs again ${rearmedMs} ms after the worker had started`);
      // Once more, while they are going off, and nobody is started anew.
      await pause((FROM_SECONDS + OVER_SECONDS / 2) * 1000 - (performance.now() - begun));
      await (own ? own.loseData() : world.loseJobs());
      const tally = await allTold(world, ids, 90_000);
      const wrong = [...misheard(tally), ...(own ? await policyRefused(world, own) : [])];
      if (rearmedMs > REARM_MS) wrong.push(`armed again only after ${rearmedMs} ms, ${REARM_MS} promised`);
      return { ...tally, faults: `emptied twice, ${alarms} alarms in ${jobs} jobs armed in ${rearmedMs} ms`, wrong };
    } finally {
      await own?.end();
    }
  },
};

/** Until every alarm ahead has the job of its quarter second, by its name; how many alarms and jobs that are. */
async function armedAgain({ redis, database }: World, redisUrl = redis?.url ?? null) {
  const queue = makeQueue({ redisUrl, databaseUrl: database.appUrl }, ALARM_QUEUE);
  const until = performance.now() + 3 * REARM_MS;
  try {
    await queue.it.waitUntilReady();
    for (;;) {
      const { rows } = await database.owner.query<{ job: string; alarms: number }>(CALLS);
      const found = await Promise.all(rows.map(async ({ job }) => (await queue.it.getJob(job)) !== undefined));
      const alarms = rows.reduce((sum, one) => sum + one.alarms, 0);
      if (alarms > 0 && found.every(Boolean)) return { alarms, jobs: rows.length };
      if (performance.now() > until) {
        throw new Error(`${found.filter((one) => !one).length} of ${rows.length} wake-up calls are not in the queue`);
      }
      await pause(50);
    }
  } finally {
    await queue.release();
  }
}

async function policyRefused(world: World, own: OwnRedis): Promise<string[]> {
  await own.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const refused = world.spawn('worker', { environment: { REDIS_URL: own.url } });
  if (await refused.ready()) return ['a worker starts before a Redis that evicts'];
  return refused.log.includes('noeviction') ? [] : [`refused without saying why: ${refused.log.slice(-200)}`];
}
