/** R4: Redis stops while the office works: acts succeed, alarms come by the sweep, and jobs wake the workers again afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Alur } from './alur.js';
import { Clients } from './clients.js';
import type { Drill, Size } from './drills.types.js';
import { jobDrains } from './metric.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';
import { allTold, misheard, openCases } from './waiting.js';

/** In the suites shorter than the 60 seconds of R4, but longer than a sweep. */
const AWAY_SECONDS: Readonly<Record<Size, number>> = { small: 20, ci: 60, nightly: 60 };
const BEFORE_SECONDS = 5;
const AFTER_SECONDS = 15;
const RESUME_MS = 10_000;
const CASES_PER_SECOND = 4;
const CLIENTS = 4;

export const redisStopped: Drill = {
  id: 'R4',
  what: 'Redis stopped under load',
  queues: ['redis'],
  async run(world, size) {
    const away = AWAY_SECONDS[size];
    const [api, ...workers] = await Promise.all([world.started('api'), ...[1, 2].map(() => world.started('worker'))]);
    const seconds = BEFORE_SECONDS + away + AFTER_SECONDS;
    const clients = new Clients('redis', () => world.people(api));
    clients.start(CLIENTS);
    const opening = openCases(world.people(api), seconds * CASES_PER_SECOND, seconds);
    await pause(BEFORE_SECONDS * 1000);
    await world.redis?.door.shut();
    world.say(`Redis is away for ${away} s`);
    await pause(away * 1000);
    const before = await Promise.all(workers.map(jobDrains));
    await world.redis?.door.mend();
    const resumedMs = await untilJobsWake(workers, before);
    world.say(`all workers woken by jobs ${resumedMs} ms after Redis came back`);
    const ids = await opening;
    await clients.stop();
    const alarms = await allTold(world, ids);
    const requests = await requestTally(world.database, clients);
    const wrong = [...misheard(alarms), ...oddities(clients), ...(await disorderAndReplay(world.database))];
    if (clients.retries > 0) wrong.push(`${clients.retries} acts did not succeed at once`);
    if (resumedMs > RESUME_MS) wrong.push(`workers resumed only after ${resumedMs} ms, ${RESUME_MS} promised`);
    return {
      n: alarms.n + requests.n,
      lost: alarms.lost + requests.lost,
      doubled: alarms.doubled + requests.doubled,
      lateP99Ms: alarms.lateP99Ms,
      faults: `away ${away} s, back in ${resumedMs} ms`,
      wrong,
    };
  },
};

/** A worker that says it runs proves nothing: each must do a job. */
async function untilJobsWake(workers: readonly Alur[], before: readonly number[]): Promise<number> {
  const begun = performance.now();
  const waiting = new Set(workers.keys());
  while (waiting.size > 0 && performance.now() - begun < AFTER_SECONDS * 1000) {
    for (const index of waiting) {
      const worker = workers[index];
      if (worker && (await jobDrains(worker)) > (before[index] ?? 0)) waiting.delete(index);
    }
    await pause(50);
  }
  return Math.round(performance.now() - begun);
}
