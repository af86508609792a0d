/** R14: SIGTERM while clients ask: whatever was begun is answered, the process ends well and soon, also without Redis. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Alur } from './alur.js';
import { Clients } from './clients.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';
import type { World } from './world.js';

/** On PostgreSQL, on Redis, and on a Redis that is away, so many each. */
const STOPS: Readonly<Record<Size, number>> = { small: 3, ci: 30, nightly: 30 };
const CLIENTS = 4;
const END_MS = 15_000;
const CUT = /requests begun (\d+), cut (\d+)/;

interface Stop {
  readonly alur: Alur;
  readonly wrong: string[];
  begun: number;
  cut: number;
}

export const stopUnderLoad: Drill = {
  id: 'R14',
  what: 'SIGTERM under load',
  queues: BOTH,
  async run(world, size) {
    let now = await starting(world);
    const clients = new Clients('stop', () => world.people(now));
    clients.start(CLIENTS);
    const stops: Stop[] = [];
    const rounds = world.redis ? [false, true] : [false];
    for (const away of rounds) {
      for (let round = 1; round <= STOPS[size]; round++) {
        // The next one is there before the last one goes: clients always find a door.
        const next = await starting(world);
        const last = now;
        await pause(world.random.between(50, 500));
        if (away) await world.redis?.door.shut();
        const stopping = stop(last);
        now = next;
        stops.push(await stopping);
        if (away) await world.redis?.door.mend();
        world.say(`stop ${stops.length}${away ? ', Redis away' : ''}: ${stops.at(-1)?.begun ?? 0} requests served`);
      }
    }
    await clients.stop();
    const tally = await requestTally(world.database, clients);
    const wrong = [
      ...oddities(clients),
      ...(await disorderAndReplay(world.database)),
      ...stops.flatMap((one) => one.wrong),
    ];
    const cut = stops.reduce((sum, one) => sum + one.cut, 0);
    const faults = `${stops.length} stops${world.redis ? ', half of them without Redis' : ''}, ${cut} requests cut`;
    return { ...tally, lost: tally.lost + cut, lateP99Ms: null, faults, wrong };
  },
};

function starting(world: World): Promise<Alur> {
  return world.started('all', { preload: 'count-requests.mjs' });
}

async function stop(alur: Alur): Promise<Stop> {
  const begun = performance.now();
  alur.signal('SIGTERM');
  const late = pause(END_MS).then(() => 'late' as const);
  const ended = await Promise.race([alur.ended, late]);
  const [, served = '0', cut = ''] = CUT.exec(alur.log) ?? [];
  const wrong: string[] = [];
  if (ended === 'late') wrong.push(`not ended after ${END_MS} ms`);
  else if (ended.code !== 0)
    wrong.push(`exit ${String(ended.code ?? ended.signal)} after ${performance.now() - begun} ms`);
  if (ended !== 'late' && cut === '') wrong.push('it did not say what it had answered');
  await alur.kill();
  return { alur, wrong, begun: Number(served), cut: Number(cut) };
}
