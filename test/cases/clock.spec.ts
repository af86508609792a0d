/** GET /cases/{id}/clock over HTTP: who reads it, and that it is the history's and the case's own clock. */
import { startApp, type TestApp } from '../support/app.js';
import { entriesOf } from '../support/clock.js';
import { verifyClock, type Explained } from '../support/clock-verifier.js';
import type { CaseBody, Person, ProblemBody } from '../support/http.js';

let server: TestApp;
beforeEach(async () => {
  server = await startApp();
});
afterEach(() => server.stop());

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const act = async (person: Person, { id, stepSeq }: CaseBody, event: string) => {
  const reply = await server.http.event(person, id, stepSeq, event);
  expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  return reply.body;
};
const clockOf = (id: string, person: Person = 'kasi') => server.http.get<Explained>(person, `/cases/${id}/clock`);

it('explains a case that was late, held over a weekend and closed, as its history has it', async () => {
  await at('2026-11-27T16:20:00');
  const opened = await server.http.open();
  await at('2026-11-27T16:28:00');
  await server.drain();
  const held = await act('staf', opened, 'HOLD');
  await at('2026-11-30T09:00:00');
  const resumed = await act('kasi', held, 'RESUME');
  const registering = await act('staf', resumed, 'RECEIVE_APPLICANT');
  await at('2026-11-30T09:02:00');
  await act('kasi', registering, 'CANCEL');
  await at('2026-12-24T09:00:00');

  const { body: clock } = await clockOf(opened.id);
  expect(verifyClock(clock)).toEqual([]);
  const entries = (await entriesOf(server.http, opened.id)).filter(({ visit }) => visit?.verdict);
  expect(clock.visits.map(({ no, netMs, verdict }) => [no, netMs, verdict])).toEqual(
    entries.map(({ visit }) => [visit?.no, visit?.usedMs, visit?.verdict]),
  );
  expect(clock.visits.map(({ verdict }) => verdict)).toEqual(['LATE', 'ON_TIME']);
  expect(clock.visits[0]?.stretches.map(({ kind }) => kind)).toEqual(['running', 'paused', 'running']);
  expect(clock.at).toBe(entries.at(-1)?.at);
  expect(clock.sopMinutes).toBe(34);
  // 8 minutes in the first step, 2 in the second; held for 2 on Friday and 90 on Monday; give or take
  // the time that requests took.
  expect(Math.round(clock.netMinutes)).toBe(10);
  expect(Math.round(clock.grossMinutes)).toBe(102);
});

it('is, for a running step, the clock that the case shows', async () => {
  const opened = await server.http.open();
  await act('staf', opened, 'RECEIVE_APPLICANT');
  const { body } = await server.http.get<{ clock: object }>('kasi', `/cases/${opened.id}`);
  const { body: clock } = await clockOf(opened.id);
  const { dueAt, breachAt, budgetMinutes } = clock.visits[1] as unknown as Record<string, unknown>;
  expect(body.clock).toMatchObject({ dueAt, breachAt, budgetMinutes });
  expect(clock.visits[1]).toMatchObject({
    endedAt: null,
    verdict: null,
    stretches: [{ kind: 'running', toSeq: null }],
  });
  expect(verifyClock(clock)).toEqual([]);
});

it('is for everyone who may read the case, and for nobody else', async () => {
  const { id } = await server.http.open();
  for (const person of ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspektur', 'demo-client'] as const) {
    expect([person, (await clockOf(id, person)).status]).toEqual([person, 200]);
  }
  expect((await clockOf(id, 'admin')).status).toBe(403);
  const unknown = await server.http.get<ProblemBody>('kasi', '/cases/00000000-0000-4000-8000-000000000000/clock');
  const foreign = await server.http.inOffice(2).get<ProblemBody>('kasi', `/cases/${id}/clock`);
  for (const reply of [unknown, foreign]) expect([reply.status, reply.body.code]).toEqual([404, 'NOT_FOUND']);
});
