/** A drill as a suite: small unless DRILL_SIZE says otherwise, its seed and its n printed. DRILL_SEED repeats one. */
import { isGood, SIZES, type Drill } from '../../drills/drills.types.js';
import { perform } from '../../drills/perform.js';
import { queuesToday } from './queues-today.js';
import { describeWithRedis } from './redis.js';
import { seedOf } from './seed.js';

const size = SIZES.find((one) => one === process.env.DRILL_SIZE) ?? 'small';
/** A promised time, which a crowded machine can make too long: `p99 22814 ms late, 20000 promised`. */
const TIME = /, \d+ promised$/;
/** Longer than any of them takes on a busy machine. */
const DEADLINE_MS = size === 'small' ? 300_000 : 3_600_000;

export function drillSuite(drill: Drill): void {
  for (const queue of queuesToday(drill.queues, Number(drill.id.slice(1)))) {
    const suite = queue === 'redis' ? describeWithRedis : describe;
    suite(`${drill.id} ${drill.what} (queue in ${queue})`, () => {
      it(
        'loses nothing, doubles nothing, and keeps its times',
        async () => {
          const seed = Number(process.env.DRILL_SEED ?? seedOf(`${drill.id} ${queue}`));
          const steps: string[] = [];
          const row = await perform(drill, queue, size, seed, (line) => steps.push(line));
          const { n, lost, doubled, lateP99Ms, faults, seconds } = row;
          const late = lateP99Ms === null ? '' : `, late p99 ${lateP99Ms} ms`;
          process.stdout.write(
            `${drill.id} ${queue}: n ${n}, lost ${lost}, doubled ${doubled}${late}, ${faults}, seed ${seed}, ${seconds} s\n`,
          );
          if (!isGood(row)) process.stdout.write(`${steps.join('\n')}\n`);
          const wrong = row.wrong.filter((one) => !TIME.test(one));
          expect({ lost, doubled, wrong }).toEqual({ lost: 0, doubled: 0, wrong: [] });
          expect(n).toBeGreaterThan(0);
          // Said as second-run.mjs knows it: all else was right, and the drill is run again alone.
          for (const one of row.wrong)
            throw new Error(`not within ${/\d+(?= promised$)/.exec(one)?.[0] ?? '?'} ms: ${one}`);
        },
        DEADLINE_MS,
      );
    });
  }
}
