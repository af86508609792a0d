/** An office at work over months, over HTTP: steps in time and late, holds, returns, recalls, cancellations, by one seed. */
import fc from 'fast-check';
import type { TestApp } from './app.js';
import { PATH, PATH_STATES, type CaseBody, type Http, type Person } from './http.js';

const OPEN_AT_ONCE = 12;

const gapMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * 60_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3_600_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * 86_400_000 }) },
);
const what = fc.oneof(
  { weight: 12, arbitrary: fc.constant('on' as const) },
  { weight: 4, arbitrary: fc.constantFrom('hold', 'return', 'recall') },
  { weight: 1, arbitrary: fc.constant('end' as const) },
);
const act = fc.record({ what, which: fc.nat(OPEN_AT_ONCE - 1), gapMs });

const WAYS: Readonly<Record<'hold' | 'return' | 'recall' | 'end', readonly [Person, string]>> = {
  hold: ['kasi', 'HOLD'],
  return: ['staf', 'RETURN_INCOMPLETE'],
  recall: ['kadin', 'RECALL_DISPOSITION'],
  end: ['kasi', 'CANCEL'],
};

function wayOn({ state }: CaseBody): readonly [Person, string] {
  if (state === 'held') return ['kasi', 'RESUME'];
  if (state === 'returned') return ['staf', 'RESUBMIT'];
  const [person, , event] = PATH[PATH_STATES.indexOf(state)] ?? ['staf', '', 'RECEIVE_APPLICANT'];
  return [person, event];
}

/** Lets `acts` acts happen from `start` on; what a case cannot take is left out. Gives the cases and the last instant. */
export async function keepBusy(server: TestApp, http: Http, seed: number, acts: number, start: string) {
  const [plan = []] = fc.sample(fc.array(act, { minLength: acts, maxLength: acts }), { seed, numRuns: 1 });
  const ids: string[] = [];
  const open: CaseBody[] = [];
  let at = Date.parse(start);
  for (const { what: kind, which, gapMs: gap } of plan) {
    at += gap;
    await server.database.setNow(new Date(at));
    const now = open[which];
    if (!now || now.closed) {
      const opened = await http.open();
      ids.push(opened.id);
      open[which] = opened;
      continue;
    }
    const [person, event] = kind === 'on' ? wayOn(now) : WAYS[kind];
    const reply = await http.event(person, now.id, now.stepSeq, event);
    if (reply.status === 200) open[which] = reply.body;
    else if (reply.status !== 409) throw new Error(`${event} in ${now.state} gave ${reply.status}: ${reply.text}`);
  }
  return { ids, at };
}
