/** Every version of a calendar can be read by whoever reads cases, so each stretch of a clock can be worked out again. */
import type { Calendar } from '../../src/sla/calendar.js';
import { startApp, type TestApp } from '../support/app.js';
import { verifyClock, type Explained } from '../support/clock-verifier.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody, Person, ProblemBody } from '../support/http.js';
import { SlowClock } from '../support/slow-clock.js';

interface Kept {
  readonly version: number;
  readonly createdAt: string;
  readonly calendar: Calendar;
}
type Judged = Explained['visits'][number]['stretches'][number] & { calendar: number };

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterAll(() => server.stop());

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const act = async (person: Person, { id, stepSeq }: CaseBody, event: string) =>
  (await server.http.event(person, id, stepSeq, event)).body;
const read = (version: number | string, person: Person = 'inspektur', from = server.http) =>
  from.get<Kept & ProblemBody>(person, `/calendars/${version}`);

/** In force from now on; the open cases follow. */
async function decree(date: string): Promise<void> {
  const { body } = await server.http.get<Kept>('admin', '/admin/calendar');
  const day = { date, label: 'Cuti bersama', kind: 'joint-leave', legalBasis: 'SKB 3 Menteri' };
  const calendar = { ...body.calendar, holidays: [...body.calendar.holidays, day] };
  const change = { version: body.version, calendar, reason: 'SKB 3 Menteri' };
  const headers = { 'content-type': 'application/json' };
  await server.http.send('admin', 'PUT', '/admin/calendar', JSON.stringify(change), headers);
  await eventually('the open case has moved', async () => {
    const { rowCount } = await server.database.owner.query(
      'SELECT 1 FROM cases WHERE calendar_version = $1 AND closed_at IS NULL',
      [body.version + 1],
    );
    return rowCount;
  });
}

it('with them a third party works out every stretch of a clock, whichever version judged it', async () => {
  await at('2026-11-25T08:00:00');
  const opened = await server.http.open();
  await at('2026-11-25T08:01:00');
  const held = await act('staf', opened, 'HOLD');
  await at('2026-11-26T15:59:00');
  const resumed = await act('kasi', held, 'RESUME');
  await at('2026-11-26T15:59:30');
  await act('staf', resumed, 'RECEIVE_APPLICANT');
  await decree('2026-11-27');
  await at('2026-11-30T09:00:00');
  const { body: clock } = await server.http.get<Explained>('inspektur', `/cases/${opened.id}/clock`);
  expect(verifyClock(clock)).toEqual([]);
  const stretches = clock.visits.flatMap((visit) => visit.stretches as Judged[]);
  expect(stretches.map(({ kind, calendar }) => [kind, calendar])).toEqual([
    ['running', 1],
    ['paused', 1],
    ['running', 1],
    ['running', 2],
  ]);
  for (const { calendar: version, from, to, segments } of stretches) {
    const { body } = await read(version);
    const open = segments.filter(({ kind }) => kind === 'worked' || kind === 'held');
    const expected = new SlowClock(body.calendar, 60_000).worked(Date.parse(from), Date.parse(to));
    expect([version, from, open.reduce((sum, { ms }) => sum + ms, 0)]).toEqual([version, from, expected]);
  }
  const [one, two] = [(await read(1)).body, (await read(2)).body];
  expect([one.version, two.version]).toEqual([1, 2]);
  expect(two.calendar.holidays.filter(({ date }) => date === '2026-11-27')).toHaveLength(1);
  expect(two.calendar).toEqual({ ...one.calendar, holidays: two.calendar.holidays });
}, 90_000);

it('for whoever reads cases, of their own office, and for nobody else', async () => {
  for (const person of ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspektur', 'demo-client'] as const) {
    expect([person, (await read(1, person)).status]).toEqual([person, 200]);
  }
  expect((await read(1, 'admin')).status).toBe(403);
  const kilat = server.http.inOffice(2);
  expect((await read(1, 'kasi', kilat)).body.calendar.minuteMs).toBe(1000);
  // Version 2 is the other office's.
  const unknown = [await read(2, 'kasi', kilat)];
  for (const version of ['3', '0', '-1', '1.0', '01', 'x', '9'.repeat(30), '%00']) unknown.push(await read(version));
  for (const { status, body } of unknown) expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
});
