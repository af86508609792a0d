/** R11: eight workers and two sweepers race for alarms of one second; and people finish steps in the second they are due. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Http } from '../test/support/http.js';
import { arm } from './arm.js';
import { BOTH, type Drill, type Size } from './drills.types.js';
import { disorder } from './tally.js';
import { allTold, misheard, openCases } from './waiting.js';
import type { World } from './world.js';

const ROUNDS: Readonly<Record<Size, number>> = { small: 1, ci: 1, nightly: 10 };
const CASES = 1000;
const FINISHED = 200;
const GROUP = 50;
const WORKERS = 8;
/** Only woken by jobs, and only by the sweep. */
const BY_JOB = { SWEEP_SECONDS: '300', DATABASE_POOL: '4' };
const BY_SWEEP = { SWEEP_SECONDS: '1', DATABASE_POOL: '4' };
/** For the sweepers to arm what was armed behind their back. */
const AHEAD_SECONDS = 4;

const VERDICTS = `
SELECT count(*)::int AS acts, count(*) FILTER (WHERE breaches <> CASE verdict WHEN 'LATE' THEN 1 ELSE 0 END)::int AS both
FROM (SELECT h.entry::json -> 'visit' ->> 'verdict' AS verdict,
    (SELECT count(*) FROM history b WHERE b.case_id = h.case_id AND b.visit = 1 AND b.level = 100) AS breaches
  FROM history h WHERE h.event = 'RECEIVE_APPLICANT' AND h.case_id = ANY($1::uuid[])) v`;

export const race: Drill = {
  id: 'R11',
  what: '8 workers and 2 sweepers race',
  queues: BOTH,
  async run(world, size) {
    const api = await world.started('api');
    const people = world.people(api);
    const waiting: string[] = [];
    const finished: string[] = [];
    const far = async (count: number, into: string[]) => {
      const ids: string[] = [];
      // A few at a time: the workers are running, and a case left alone for three seconds is late.
      while (ids.length < count) ids.push(...(await arm(world.database, await openCases(people, GROUP), 3600, 0)));
      into.push(...ids);
      return ids;
    };
    const first = await far(CASES, waiting);
    await Promise.all([
      world.many(WORKERS, 'worker', { environment: BY_JOB }),
      world.many(2, 'worker', { environment: BY_SWEEP }),
    ]);
    const wrong: string[] = [];
    for (let round = 1; round <= ROUNDS[size]; round++) {
      const ids = round === 1 ? first : await far(CASES, waiting);
      const touched = await far(FINISHED, finished);
      await arm(world.database, [...ids, ...touched], AHEAD_SECONDS, 1);
      wrong.push(...(await finishWhenDue(world, people, touched)));
      world.say(`round ${round}: ${ids.length} alarms, ${touched.length} steps finished in their last second`);
    }
    const tally = await allTold(world, waiting);
    wrong.push(...misheard(tally), ...(await disorder(world.database)));
    return { ...tally, n: tally.n + finished.length, faults: `${ROUNDS[size]} x ${CASES} in one second`, wrong };
  },
};

/** Each is finished at about its due instant; the verdict and the breach must say the same. Answers what is wrong. */
async function finishWhenDue({ database, random }: World, people: Http, ids: readonly string[]): Promise<string[]> {
  const { rows: due } = await database.owner.query<{ id: string; in: number }>(
    'SELECT id, extract(epoch FROM due_at - alur_now())::float8 * 1000 AS in FROM cases WHERE id = ANY($1::uuid[])',
    [ids],
  );
  const replies = await Promise.all(
    due.map(async ({ id, in: ms }) => {
      await pause(Math.max(0, ms + random.between(-300, 300)));
      return people.event('staf', id, 1, 'RECEIVE_APPLICANT');
    }),
  );
  const refused = replies.filter(({ status }) => status !== 200);
  const { rows } = await database.owner.query<{ acts: number; both: number }>(VERDICTS, [ids]);
  const { acts = 0, both = 0 } = rows[0] ?? {};
  return [
    ...(refused.length > 0 ? [`${refused.length} acts refused, the first with ${refused[0]?.text ?? ''}`] : []),
    ...(acts + refused.length === ids.length ? [] : [`${ids.length - refused.length} acts accepted, ${acts} recorded`]),
    ...(both > 0 ? [`${both} steps both in time and late, or neither`] : []),
  ];
}
