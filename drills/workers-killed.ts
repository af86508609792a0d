/** R2: four workers, one of which is killed every two seconds and replaced, while alarms are due all the time. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Alur } from './alur.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { allTold, misheard, openCases } from './waiting.js';
import type { World } from './world.js';

const WORKERS = 4;
const KILL_EVERY_MS = 2000;
/** Each case is late three times over: 500 alarms are 167 cases. In the suites half of R2's minute, and half of its alarms. */
const LOAD: Readonly<Record<Size, { cases: number; seconds: number }>> = {
  small: { cases: 84, seconds: 30 },
  ci: { cases: 167, seconds: 60 },
  nightly: { cases: 1667, seconds: 60 },
};

export const workersKilled: Drill = {
  id: 'R2',
  what: 'workers killed',
  queues: BOTH,
  async run(world, size) {
    const { cases, seconds } = LOAD[size];
    const [api, ...workers] = await Promise.all([world.started('api'), ...startingWorkers(world)]);
    const opening = openCases(world.people(api), cases, seconds);
    const kills = await killUntil(world, workers, opening);
    const tally = await allTold(world, await opening);
    return { ...tally, faults: `${kills} kills`, wrong: misheard(tally) };
  },
};

function startingWorkers(world: World): Promise<Alur>[] {
  return Array.from({ length: WORKERS }, () => world.started('worker'));
}

/** A replacement is not waited for: the next kill may hit it while it starts. */
async function killUntil(world: World, workers: Alur[], opening: Promise<unknown>): Promise<number> {
  const over = opening.then(() => true as const);
  for (let kills = 0; ; kills++) {
    const wait = pause(KILL_EVERY_MS * (0.5 + world.random.next()), false);
    if (await Promise.race([wait, over])) return kills;
    const index = world.random.between(0, WORKERS - 1);
    await workers[index]?.kill();
    workers[index] = world.spawn('worker');
    world.say(`kill ${kills + 1}`);
  }
}
