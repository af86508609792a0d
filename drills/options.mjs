/** What `npm run drill` may be asked for. Plain JavaScript, read before anything is installed or built: a slip costs nothing. */
import { parseArgs } from 'node:util';

const QUEUES = ['postgres', 'redis'];
export const SIZES = ['small', 'ci', 'nightly'];

/** Every drill and the queues it is done on; test/scripts/drill-options.spec.ts holds this to drills/all.ts. */
export const FAULTS = {
  R1: QUEUES,
  R2: QUEUES,
  R3: QUEUES,
  R4: ['redis'],
  R5: QUEUES,
  R7: QUEUES,
  R8: QUEUES,
  R11: QUEUES,
  R12: QUEUES,
  R13: QUEUES,
  R14: QUEUES,
};

export const HELP = `npm run drill -- [options]

Breaks the running program on purpose and counts what was lost or doubled (docs/drills.md). It builds first.

  --only R2,R4         these drills alone: ${Object.keys(FAULTS).join(', ')}
  --size SIZE          ${SIZES.join(', ')}; nightly unless said
  --queue QUEUE        ${QUEUES.join(' or ')}; both unless said
  --seed N             the same choices as in the run that printed N
  --help               this page

Exit code 0: all hold; 1: one does not; 2: it could not begin.
`;

/** What was asked for; throws one line for whoever asked wrongly. */
export function readOptions(args) {
  const text = { type: 'string' };
  const options = { only: text, size: text, queue: text, seed: text, help: { type: 'boolean', short: 'h' } };
  const { only, size = 'nightly', queue, seed, help = false } = parseArgs({ args, options }).values;
  const ids = only === undefined ? Object.keys(FAULTS) : only.split(',').map((id) => id.trim().toUpperCase());
  const unknown = ids.filter((id) => !Object.hasOwn(FAULTS, id));
  if (unknown.length > 0) {
    throw new Error(`--only: there is no "${unknown.join(', ')}", but ${Object.keys(FAULTS).join(', ')}`);
  }
  if (!SIZES.includes(size)) throw new Error(`--size is ${SIZES.join(', ')}, not "${size}"`);
  if (queue !== undefined && !QUEUES.includes(queue))
    throw new Error(`--queue is ${QUEUES.join(' or ')}, not "${queue}"`);
  const queues = queue === undefined ? QUEUES : [queue];
  if (!ids.some((id) => FAULTS[id].some((one) => queues.includes(one)))) {
    throw new Error(`--queue: ${ids.join(', ')} is not for a queue in ${queues.join()}`);
  }
  return { help, only: ids, queues, size, seed: seedOf(seed) };
}

function seedOf(given) {
  if (given === undefined) return Math.floor(Math.random() * 0x7fffffff);
  const seed = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is a whole number, not "${given}"`);
  return seed;
}
