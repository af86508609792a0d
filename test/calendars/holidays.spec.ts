/** A year's list of holidays, as a decree gives it. */
import { withYear } from '../../src/calendars/year-of-holidays.js';
import type { Calendar } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { startApp, type TestApp } from '../support/app.js';
import type { ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Shown {
  readonly version: number;
  readonly calendar: Calendar;
  readonly versions: { reason: string | null }[];
}

const BASIS = 'SKB 3 Menteri 2027, 12 hari';
const DAYS = [
  { date: '2027-12-27', label: 'Cuti bersama', kind: 'joint-leave' as const },
  { date: '2027-01-01', label: 'Tahun Baru Masehi', kind: 'national' as const },
];

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-12-30T02:00:00Z');
});
afterAll(() => server.stop());

const send = <Body>(method: string, path: string, body: object, person: 'admin' | 'kasi' = 'admin') =>
  server.http.send<Body & ProblemBody>(person, method, `/admin/calendar${path}`, JSON.stringify(body), {
    'content-type': 'application/json',
  });
const shown = async () => (await server.http.get<Shown>('admin', '/admin/calendar')).body;

it('takes the place of that year and of no other, in order of days', () => {
  const before = defaultCalendar();
  const { holidays } = withYear(before, '2027', { legalBasis: BASIS, days: DAYS });
  const of = (year: string, list: readonly { date: string }[]) => list.filter(({ date }) => date.startsWith(year));
  expect(of('2026', holidays)).toEqual(of('2026', before.holidays));
  expect(of('2027', holidays)).toEqual([DAYS[1], DAYS[0]].map((day) => ({ ...day, legalBasis: BASIS })));
  expect(holidays.map(({ date }) => date)).toEqual(holidays.map(({ date }) => date).sort());
});

it('is previewed without a trace, imported with its basis as the reason, and moves what is open', async () => {
  const before = await shown();
  // Wednesday; Thursday the 31st becomes a day off by a list for 2026 with it.
  await server.database.setNow('2026-12-30T08:59:00Z');
  const open = await server.http.open();
  const kept = before.calendar.holidays
    .filter(({ date }) => date.startsWith('2026-'))
    .map(({ date, label, kind }) => ({ date, label, kind }));
  const days = [...kept, { date: '2026-12-31', label: 'Cuti bersama', kind: 'joint-leave' }];
  const preview = await send<{ moved: number }>('POST', '/holidays/2026/preview', { legalBasis: BASIS, days });
  expect([preview.status, preview.text]).toEqual([200, expect.stringContaining(open.caseNo)]);
  expect(await shown()).toEqual(before);
  const done = await send<{ version: number }>('PUT', '/holidays/2026', {
    version: before.version,
    legalBasis: BASIS,
    days,
  });
  expect(done.body).toEqual({ version: before.version + 1 });
  const after = await shown();
  expect(after.versions[0]).toMatchObject({ reason: BASIS });
  expect(after.calendar.holidays.find(({ date }) => date === '2026-12-31')).toMatchObject({ legalBasis: BASIS });
  // Once more is no change; by a version that is none any more it is refused where it would be one.
  const again = await send<{ version: number }>('PUT', '/holidays/2026', { version: 1, legalBasis: BASIS, days });
  expect(again.body).toEqual({ version: after.version });
  const stale = await send('PUT', '/holidays/2027', { version: 1, legalBasis: BASIS, days: DAYS });
  expectProblem(stale, 'STALE_CALENDAR');
});

it('refuses days of another year, twice the same day, an odd year, and everybody but the administrator', async () => {
  const put = (year: string, days: object[], person?: 'kasi') =>
    send('PUT', `/holidays/${year}`, { version: 1, legalBasis: BASIS, days }, person);
  const wrong = await put('2028', DAYS);
  expectProblem(wrong, 'INVALID_INPUT');
  expect(wrong.body.issues?.map(({ path }) => path)).toEqual(['days.0.date', 'days.1.date']);
  expectProblem(await put('2027', [DAYS[0]!, DAYS[0]!]), 'INVALID_INPUT');
  expectProblem(await put('2027', []), 'INVALID_INPUT');
  expectProblem(await put('20277', DAYS), 'NOT_FOUND');
  expectProblem(await put('1999', DAYS), 'NOT_FOUND');
  expectProblem(await put('2027', DAYS, 'kasi'), 'FORBIDDEN');
});
