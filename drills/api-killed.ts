/** R1: two API processes under load, one of which is killed again and again; clients go to the other, with the same key. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Alur } from './alur.js';
import { Clients } from './clients.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';

const KILLS: Readonly<Record<Size, number>> = { small: 5, ci: 20, nightly: 200 };
const CLIENTS = 8;

export const apiKilled: Drill = {
  id: 'R1',
  what: 'API killed under load',
  queues: BOTH,
  async run(world, size) {
    const servers: Alur[] = await world.many(2, 'api');
    const people = servers.map((one) => world.people(one));
    const clients = new Clients('killed', () => world.random.pick(people));
    clients.start(CLIENTS);
    const wrong: string[] = [];
    for (let kills = 1; kills <= KILLS[size]; kills++) {
      await pause(world.random.between(100, 1000));
      const index = kills % servers.length;
      await servers[index]?.kill();
      const next = await world.started('api');
      servers[index] = next;
      people[index] = world.people(next);
      if (!(await clients.progress(30_000))) wrong.push(`no act succeeds after kill ${kills}`);
      world.say(`kill ${kills}, ${clients.journal.length} acknowledged`);
    }
    await clients.stop();
    const tally = await requestTally(world.database, clients);
    wrong.push(...oddities(clients), ...(await disorderAndReplay(world.database)));
    return { ...tally, lateP99Ms: null, faults: `${KILLS[size]} kills`, wrong };
  },
};
