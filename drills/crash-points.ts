/** R3: the process kills itself at each named step of a commit's way, is started again, and clients repeat what they asked. */
import { freePort } from '../test/support/free-port.js';
import { Clients } from './clients.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { disorderAndReplay, oddities, requestTally } from './tally.js';
import type { World } from './world.js';

/** See drills/preload/crash-point.mjs; the second number is how often a point is passed at most before it kills. */
const POINTS: readonly (readonly [point: string, most: number])[] = [
  ['load:answered', 20],
  ['append:before', 20],
  ['append:sent', 20],
  ['append:answered', 20],
  ['open:before', 6],
  ['open:sent', 6],
  ['open:answered', 6],
  ['answer:before', 20],
  ['answer:sent', 20],
  ['claim-due:answered', 2],
  ['drain-commit:before', 2],
  ['drain-commit:sent', 2],
  ['drain-commit:answered', 2],
];
const ROUNDS: Readonly<Record<Size, number>> = { small: 1, ci: 1, nightly: 10 };
const CLIENTS = 4;
/** For a point to be reached, and for the first act after it: starting takes most of it. */
const DEADLINE_MS = 60_000;

export const crashPoints: Drill = {
  id: 'R3',
  what: 'killed between any two steps of a commit',
  queues: BOTH,
  async run(world, size) {
    const port = String(await freePort());
    const people = world.people({ base: `http://127.0.0.1:${port}` });
    const clients = new Clients('crash', () => people);
    clients.start(CLIENTS);
    const wrong: string[] = [];
    let kills = 0;
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (const [point, most] of POINTS) {
        const why = await dieAt(world, port, point, world.random.between(1, most));
        if (why) wrong.push(why);
        else world.say(`kill ${++kills} at ${point}`);
      }
    }
    await world.started('all', { environment: { PORT: port } });
    if (!(await clients.progress(DEADLINE_MS))) wrong.push('no act succeeds after the last start');
    await clients.stop();
    const tally = await requestTally(world.database, clients);
    wrong.push(...oddities(clients), ...(await disorderAndReplay(world.database)));
    return { ...tally, lateP99Ms: null, faults: `${kills} kills at ${POINTS.length} points`, wrong };
  },
};

/** The drain's points need a late case at hand: one is left alone each time. */
async function dieAt(world: World, port: string, point: string, nth: number): Promise<string | null> {
  const environment = { PORT: port, SWEEP_SECONDS: '1', DRILL_POINT: `${point} ${nth} kill` };
  const alur = world.spawn('all', { environment, preload: 'crash-point.mjs' });
  if (await alur.ready()) {
    const people = world.people(alur);
    await Promise.all([1, 2].map(() => people.open().catch(() => null)));
  }
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), DEADLINE_MS).unref());
  const ended = await Promise.race([alur.ended, late]);
  if (ended !== 'late' && ended.signal === 'SIGKILL') return null;
  await alur.kill();
  return `${point} (${nth}) was not reached: ${alur.log.slice(-300)}`;
}
