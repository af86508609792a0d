/** R9: one hundred identical transitions at once, over two processes. One succeeds, the others hear what happened. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, type CaseBody, type Http, type Person } from '../support/http.js';

const AT_ONCE = 100;
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 3);

let first: TestApp;
let second: TestApp;
let https: readonly Http[];
beforeAll(async () => {
  first = await startApp({ process: 'api' });
  second = await startApp({ beside: first, process: 'api' });
  await first.database.setNow('2026-11-22T03:00:00Z');
  https = [first.http, second.http];
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const rowsOf = async ({ id }: CaseBody) => {
  const text = 'SELECT seq, event FROM history WHERE case_id = $1 ORDER BY seq';
  return (await first.database.owner.query<{ seq: number; event: string }>(text, [id])).rows;
};
const all = (send: (http: Http, index: number) => ReturnType<Http['event']>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(https[index % https.length]!, index)));

/** One act of each kind: moves, takes a number, pauses, ends. */
const ACTS: readonly (readonly [state: string, person: Person, event: string])[] = [
  ['intake', 'staf', 'RECEIVE_APPLICANT'],
  ['registration', 'staf', 'REGISTER_LETTER'],
  ['headDisposition', 'kadin', 'HOLD'],
  ['followUp', 'kabid', 'FOLLOW_UP_DISPOSITION'],
  ['archiving.confirming', 'kasi', 'CONFIRM_ARCHIVE'],
];

describe('a hundred identical transitions at once', () => {
  it.each(ACTS)('from %s: exactly one succeeds, 99 are told the case moved', async (state, person, event) => {
    for (let round = 0; round < ROUNDS; round++) {
      const now = await first.http.driveTo(state);
      const before = (await rowsOf(now)).length;
      const replies = await all((http) =>
        http.event(person, now.id, now.stepSeq, event, exampleOf(event), { 'idempotency-key': randomUUID() }),
      );
      const statuses = replies.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 412 || status === 409)).toHaveLength(AT_ONCE - 1);
      const rows = await rowsOf(now);
      expect(rows.slice(before).map((row) => row.event)).toEqual([event]);
    }
  });

  it('of two different kinds: still only one of all succeeds', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const now = await first.http.driveTo('registration');
      const events = ['REGISTER_LETTER', 'HOLD', 'WITHDRAW', 'RETURN_INCOMPLETE'];
      const replies = await all((http, index) => {
        const event = events[index % events.length]!;
        return http.event('staf', now.id, now.stepSeq, event, exampleOf(event));
      });
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 412)).toHaveLength(AT_ONCE - 1);
      expect(await rowsOf(now)).toHaveLength(3);
    }
  });

  it('with the same key: one effect, and all get its answer', async () => {
    const now = await first.http.open();
    const key = { 'idempotency-key': randomUUID() };
    const replies = await all((http) => http.event('staf', now.id, now.stepSeq, 'RECEIVE_APPLICANT', undefined, key));
    expect(replies.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(200));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await rowsOf(now)).toHaveLength(2);
  });
});

it('records that do not move the case all get in, in one chain', async () => {
  const now = await first.http.open();
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      https[index % 2]!.event('staf', now.id, null, 'RECORD_PAPER', { kind: 'CASE_FILE' }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await rowsOf(now)).map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  const verdict = await first.http.get<{ result: string }>('inspektur', `/inspection/cases/${now.id}/verify`);
  expect(verdict.body.result).toBe('PASS');
});
