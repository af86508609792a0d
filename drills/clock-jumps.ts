/**
 * R8: the clocks of API and workers jump by an hour forth and back, one worker's by libfaketime where that is installed;
 * PostgreSQL's clock is the only one that counts.
 */
import { Clients } from './clients.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { FakeTime } from './faketime.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';
import { allTold, misheard, openCases } from './waiting.js';

const LOAD: Readonly<Record<Size, { cases: number; seconds: number }>> = {
  small: { cases: 60, seconds: 15 },
  ci: { cases: 240, seconds: 60 },
  nightly: { cases: 1200, seconds: 300 },
};
const JUMP_MS = 2000;
const CLIENTS = 4;

export const clockJumps: Drill = {
  id: 'R8',
  what: 'clocks jump an hour',
  queues: BOTH,
  async run(world, size) {
    const { cases, seconds } = LOAD[size];
    const injected = { preload: 'jumping-clock.mjs', environment: { DRILL_JUMP_MS: String(JUMP_MS) } };
    const fake = FakeTime.start(JUMP_MS);
    const [api] = await Promise.all([
      world.started('api', injected),
      world.started('worker', injected),
      world.started('worker', fake ? { environment: fake.environment } : injected),
    ]);
    const people = world.people(api);
    const clients = new Clients('jump', () => people);
    try {
      clients.start(CLIENTS);
      const ids = await openCases(people, cases, seconds);
      await clients.stop();
      const alarms = await allTold(world, ids);
      const requests = await requestTally(world.database, clients);
      return {
        n: alarms.n + requests.n,
        lost: alarms.lost + requests.lost,
        doubled: alarms.doubled + requests.doubled,
        lateP99Ms: alarms.lateP99Ms,
        faults: `a jump every ${JUMP_MS / 1000} s${fake ? ', one worker by libfaketime' : ''}`,
        wrong: [...misheard(alarms), ...oddities(clients), ...(await disorderAndReplay(world.database))],
      };
    } finally {
      fake?.end();
    }
  },
};
