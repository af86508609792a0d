/** R7: connections that are up and dead: noticed soon, no slot of the pool stays stuck, alarms come all the same. */
import { setTimeout as pause } from 'node:timers/promises';
import { Proxy } from '../test/support/proxy.js';
import type { Alur } from './alur.js';
import { Clients } from './clients.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { metric } from './metric.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';
import { allTold, misheard, openCases } from './waiting.js';

const ROUNDS: Readonly<Record<Size, number>> = { small: 1, ci: 1, nightly: 20 };
const CLIENTS = 4;
const CASES = 40;
const POOL = 8;
const NOTICED_MS = 10_000;
/** No job wakes a worker whose queue is cut off too, and its next sweep is the first to notice: 15 s and 10 s, and a try. */
const LATE_MS = 30_000;

export const halfOpen: Drill = {
  id: 'R7',
  what: 'half-open connections',
  queues: BOTH,
  async run(world, size) {
    const { hostname, port } = new URL(world.database.appUrl);
    const door = await Proxy.before(hostname, Number(port));
    const environment = { DATABASE_URL: door.rewrite(world.database.appUrl), DATABASE_POOL: String(POOL) };
    const processes = await Promise.all([
      world.started('api', { environment }),
      world.started('worker', { environment }),
    ]);
    const people = world.people(processes[0]);
    const clients = new Clients('half', () => people);
    clients.start(CLIENTS);
    const wrong: string[] = [];
    const ids: string[] = [];
    let slowestMs = 0;
    for (let round = 1; round <= ROUNDS[size]; round++) {
      ids.push(...(await openCases(people, CASES)));
      // Their alarms are due about now, so that a drain may be hit in the middle of its transaction.
      await pause(world.random.between(2500, 3500));
      door.freeze();
      world.redis?.door.freeze();
      const begun = performance.now();
      await Promise.all([door.mend(), world.redis?.door.mend()]);
      if (!(await clients.progress(3 * NOTICED_MS))) wrong.push(`no act succeeds after round ${round}`);
      const noticedMs = Math.round(performance.now() - begun);
      slowestMs = Math.max(slowestMs, noticedMs);
      world.say(`round ${round}: acts succeed again after ${noticedMs} ms`);
    }
    if (slowestMs > NOTICED_MS) wrong.push(`noticed only after ${slowestMs} ms, ${NOTICED_MS} promised`);
    const alarms = await allTold(world, ids);
    await clients.stop();
    const requests = await requestTally(world.database, clients);
    wrong.push(...misheard(alarms, LATE_MS), ...oddities(clients), ...(await disorderAndReplay(world.database)));
    for (const one of processes) wrong.push(...(await stuckSlots(one)));
    await Promise.all(processes.map((one) => one.kill()));
    await door.shut();
    return {
      n: alarms.n + requests.n,
      lost: alarms.lost + requests.lost,
      doubled: alarms.doubled + requests.doubled,
      lateP99Ms: alarms.lateP99Ms,
      faults: `${ROUNDS[size]} x all connections, noticed in ${slowestMs} ms`,
      wrong,
    };
  },
};

/** With nobody asking, every connection is idle again, and all of them can be had. */
async function stuckSlots(process: Alur): Promise<string[]> {
  // One after the other: whoever asks for metrics takes connections too.
  const total = await metric(process, 'alur_pool_connections');
  const idle = await metric(process, 'alur_pool_idle');
  const waiting = await metric(process, 'alur_pool_waiting');
  // A drain may be at work while we look.
  return total > POOL || waiting > 0 || total - idle > 2
    ? [`pool: ${total} open, ${idle} idle, ${waiting} waiting`]
    : [];
}
