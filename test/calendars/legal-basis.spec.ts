/** By which decree a day is off stands at each day, and a calendar is not so large that looking at it holds up everybody. */
import type { Calendar } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { startApp, type TestApp } from '../support/app.js';
import type { ProblemBody } from '../support/http.js';

type Day = Calendar['holidays'][number];
const DAY: Day = { date: '2026-12-28', label: 'Cuti bersama', kind: 'joint-leave', legalBasis: 'SKB 3 Menteri' };
const without = ({ legalBasis: _, ...day }: Day): Day => day;

let server: TestApp;
let calendar: Calendar;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-12-23T08:59:00Z');
  calendar = await inForce();
});
afterAll(() => server.stop());

const inForce = async () => (await server.http.get<{ calendar: Calendar }>('admin', '/admin/calendar')).body.calendar;
const version = async () => (await server.http.get<{ version: number }>('admin', '/admin/calendar')).body.version;
const send = (method: string, path: string, body: object) =>
  server.http.send<ProblemBody>('admin', method, `/admin/calendar${path}`, JSON.stringify(body), {
    'content-type': 'application/json',
  });
/** What change and preview answer to the same calendar. */
const both = async (change: Calendar) => [
  await send('PUT', '', { version: await version(), calendar: change, reason: 'Uji dasar hukum' }),
  await send('POST', '/preview', { calendar: change }),
];
const withDays = (...days: Day[]): Calendar => ({ ...calendar, holidays: [...calendar.holidays, ...days] });

describe('the legal basis of a day off', () => {
  it('stands at each day of the calendar an office is installed with', () => {
    for (const days of [defaultCalendar().holidays, calendar.holidays]) {
      expect(days.length).toBeGreaterThan(40);
      expect(days.filter(({ legalBasis }) => !legalBasis)).toEqual([]);
      const basis = new Set(days.filter(({ date }) => date.startsWith('2026')).map(({ legalBasis }) => legalBasis));
      expect([...basis]).toEqual([expect.stringMatching(/^SKB 3 Menteri 1497\/2025/)]);
    }
  });

  it.each(['national', 'joint-leave', 'local'] as const)(
    'is asked for at a new day (%s), by its date',
    async (kind) => {
      const place = calendar.holidays.length + 1;
      const second = { ...without(DAY), date: '2026-12-29', kind };
      for (const { status, body } of await both(withDays(DAY, second))) {
        expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
        expect(body.issues).toEqual([
          { path: `calendar.holidays.${place}.legalBasis`, message: expect.stringContaining('2026-12-29') as string },
        ]);
      }
    },
  );

  it('cannot be taken from a day that has one', async () => {
    const [first, ...rest] = calendar.holidays;
    for (const { status, body } of await both({ ...calendar, holidays: [without(first!), ...rest] })) {
      expect([status, body.issues?.[0]?.path]).toEqual([400, 'calendar.holidays.0.legalBasis']);
    }
  });

  it('is not asked for at days a calendar had without one: such calendars are read, and changed, as before', async () => {
    const old = { ...calendar, holidays: calendar.holidays.map(without) };
    await server.database.owner.query(
      `WITH o AS (UPDATE offices SET calendar_version = calendar_version + 1 WHERE code = 'contoh' RETURNING *)
       INSERT INTO calendars (office_id, version, data) SELECT id, calendar_version, $1 FROM o`,
      [JSON.stringify(old)],
    );
    expect(await inForce()).toEqual(old);
    for (const { status } of await both({ ...old, holidays: [...old.holidays, DAY] })) expect(status).toBe(200);
    expect((await inForce()).holidays.at(-1)).toEqual(DAY);
  });
});

describe('how large a calendar may be', () => {
  const regime = { from: '2027-03-01', to: '2027-03-02', label: 'x', legalBasis: 'x' };
  const days = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const date = new Date(Date.UTC(2027, 0, 1) + Math.floor(index / 3) * 86_400_000).toISOString().slice(0, 10);
      return { ...DAY, date };
    });

  it.each<[what: string, change: (given: Calendar) => Calendar, path: string]>([
    ['a day eleven years ahead', () => withDays({ ...DAY, date: '2037-12-01' }), 'calendar'],
    ['a day after ten years', () => withDays({ ...DAY, date: '2036-12-24' }), 'calendar'],
    ['a day in 2199', () => withDays({ ...DAY, date: '2199-12-31' }), 'calendar'],
    [
      'a regime that ends there',
      (given) => ({ ...given, regimes: [{ ...regime, to: '2037-01-01', week: given.week }] }),
      'calendar',
    ],
    [
      '51 regimes',
      (given) => ({ ...given, regimes: Array.from({ length: 51 }, () => ({ ...regime, week: given.week })) }),
      'calendar.regimes',
    ],
    ['1001 holidays', (given) => ({ ...given, holidays: days(1001) }), 'calendar.holidays'],
  ])('not so large: %s', async (_what, change, path) => {
    for (const { status, body } of await both(change(calendar))) {
      expect([status, body.issues?.map((issue) => issue.path)]).toEqual([400, [path]]);
    }
  });

  it('so large: ten years to the day, 50 regimes', async () => {
    const regimes = Array.from({ length: 50 }, () => ({ ...regime, week: calendar.week }));
    const change = { ...calendar, regimes, holidays: [...calendar.holidays, { ...DAY, date: '2036-12-23' }] };
    expect((await send('POST', '/preview', { calendar: change })).status).toBe(200);
  });
});
