/**
 * R10: requests that come twice, late and in any order. Whatever was acknowledged is in the history once, in an order that
 * a case can take one after the other; a repeated key gets the same bytes. R10_RUNS changes the size, FC_SEED repeats a run.
 */
import fc from 'fast-check';
import {
  exampleOf,
  PATH,
  PATH_STATES,
  type CaseBody,
  type Person,
  type ProblemBody,
  type Reply,
} from '../support/http.js';
import { runs } from '../support/property.js';
import { startServed, type Served } from '../support/served.js';

const RUNS = Number(process.env.R10_RUNS ?? 1000);
const AT_ONCE = 8;
const MOST_ROUNDS = 8;

/** What a client sends again and again until it is done: an act of the path, or one that ends the case. */
interface Wish {
  readonly person: Person;
  readonly event: string;
  /** The step sequence it believes in. */
  readonly stepSeq: number;
  readonly copies: number;
}
interface Plan {
  readonly wishes: readonly Wish[];
  /** Repeats the order in which they are sent. */
  readonly order: number;
}
type Sent = Reply<CaseBody & ProblemBody> & { readonly round: number };

const ENDS: readonly (readonly [Person, string, string])[] = [
  ['kasi', 'CANCEL', 'cancelled'],
  ['staf', 'WITHDRAW', 'withdrawn'],
];
/** The tiny model: where an event leads from where; anything else it does not take. */
function after(state: string, event: string): string | null {
  const step = PATH_STATES.indexOf(state);
  if (step < 0) return null;
  if (PATH[step]?.[2] === event) return PATH_STATES[step + 1] ?? 'archived';
  return ENDS.find(([, end]) => end === event)?.[2] ?? null;
}

const copies = fc.integer({ min: 1, max: 3 });
const step = (index: number) =>
  copies.map((count): Wish => {
    const [person, , event] = PATH[index] ?? ['staf', '', ''];
    return { person, event, stepSeq: index + 1, copies: count };
  });
const end = fc
  .tuple(fc.constantFrom(...ENDS), fc.integer({ min: 1, max: 6 }), copies)
  .map(([[person, event], stepSeq, count]): Wish => ({ person, event, stepSeq, copies: count }));
const plan: fc.Arbitrary<Plan> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.array(end, { maxLength: 1 }), fc.nat())
  .chain(([length, ends, order]) =>
    fc
      .tuple(...Array.from({ length }, (_, index) => step(index)))
      .map((steps) => ({ wishes: [...steps, ...ends], order })),
  );

let server: Served;
beforeAll(async () => {
  server = await startServed({ SWEEP_SECONDS: '300' });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const ranks = fc.sample(fc.nat(), { numRuns: Math.max(1, items.length), seed });
  return items
    .map((item, index) => [ranks[index] ?? 0, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Rounds of everything that is not acknowledged yet and of some that is, all at once, until nothing moves any more. */
async function play({ wishes, order }: Plan, id: string): Promise<Map<Wish, Sent[]>> {
  const answers = new Map<Wish, Sent[]>(wishes.map((wish) => [wish, []]));
  const acknowledged = () => [...answers.values()].filter((all) => all.some(({ status }) => status === 200)).length;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = acknowledged();
    const all = wishes.flatMap((wish) => Array.from({ length: wish.copies }, () => wish));
    await Promise.all(
      shuffled(all, order + round).map(async (wish) => {
        const key = { 'idempotency-key': `${id}-${wish.event}-${wish.stepSeq}` };
        const reply = await server.http.event(wish.person, id, wish.stepSeq, wish.event, exampleOf(wish.event), key);
        answers.get(wish)?.push({ ...reply, round });
      }),
    );
    if (acknowledged() === before) break;
  }
  return answers;
}

/** What is wrong with how it ended; empty where all is well. */
async function flaws(one: CaseBody, answers: ReadonlyMap<Wish, readonly Sent[]>): Promise<string[]> {
  const found: string[] = [];
  const { body } = await server.http.get<{ entries: { event: string }[] }>('staf', `/cases/${one.id}/history`);
  const events = body.entries.map(({ event }) => event).filter((event) => event !== 'OPENED');
  let state = 'intake';
  for (const event of events) {
    const next = after(state, event);
    if (next === null) found.push(`${event} was taken in ${state}`);
    state = next ?? state;
  }
  const now = await server.http.get<CaseBody>('staf', `/cases/${one.id}`);
  if (now.body.state !== state) found.push(`it stands at ${now.body.state}, its history says ${state}`);
  for (const [{ event, stepSeq }, replies] of answers) {
    const taken = replies.filter(({ status }) => status === 200);
    const times = events.filter((entry) => entry === event).length;
    if (new Set(taken.map(({ text }) => text)).size > 1) found.push(`${event} at ${stepSeq} was answered in two ways`);
    if (times !== (taken.length > 0 ? 1 : 0))
      found.push(`${event}: ${taken.length} acknowledged, ${times} in the history`);
    const odd = replies.find(({ status }) => ![200, 409, 412].includes(status));
    if (odd) found.push(`${event}: ${odd.status} ${odd.text}`);
    // What was acknowledged once is so in every later round.
    const first = Math.min(...taken.map(({ round }) => round));
    if (replies.some(({ round, status }) => round > first && status !== 200))
      found.push(`${event}: refused afterwards`);
  }
  return found;
}

it(`${RUNS} cases whose requests come twice, late and in any order`, async () => {
  const { seed } = runs(RUNS);
  const plans = fc.sample(plan, { numRuns: RUNS, seed });
  const queue = plans.entries();
  const broken: string[] = [];
  let [sent, taken] = [0, 0];
  const work = async () => {
    for (const [index, one] of queue) {
      const opened = await server.http.open();
      const answers = await play(one, opened.id);
      const all = [...answers.values()].flat();
      sent += all.length;
      taken += all.filter(({ status }) => status === 200).length;
      for (const flaw of await flaws(opened, answers)) broken.push(`run ${index}: ${flaw}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(broken).toEqual([]);
  process.stdout.write(`R10: ${RUNS} runs, ${sent} requests, ${taken} acknowledged, 0 broken, seed ${seed}\n`);
  expect(taken).toBeGreaterThan(RUNS);
}, 1_800_000);
