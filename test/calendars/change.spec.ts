/** The calendar doors: what a change would do, what it does, and that nothing closed is touched by it. */
import { CalendarMover } from '../../src/engine/calendar-mover.js';
import type { Calendar } from '../../src/sla/calendar.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type Http, type ProblemBody } from '../support/http.js';

interface Shown {
  readonly version: number;
  readonly calendar: Calendar;
  readonly versions: {
    version: number;
    by: string | null;
    reason: string | null;
    casesMoved: number;
    finishedAt: string | null;
  }[];
}
interface Entries {
  readonly entries: { event: string; seq: number; facts: Record<string, unknown>; actor: unknown }[];
}

const NO_WORK = { SWEEP_SECONDS: '300' };
const REASON = 'Cuti bersama 28 Desember 2026, SKB 3 Menteri';
const DECREED = {
  date: '2026-12-28',
  label: 'Cuti bersama tambahan',
  kind: 'joint-leave',
  legalBasis: 'SKB 3 Menteri',
};

let server: TestApp;
let http: Http;
let shown: Shown;
beforeAll(async () => {
  server = await startApp({ environment: NO_WORK });
  ({ http } = server);
  await server.database.setNow('2026-12-23T08:59:00Z');
  shown = (await http.get<Shown>('admin', '/admin/calendar')).body;
});
afterAll(() => server.stop());

const put = (body: object, to: Http = http) => send<{ version: number }>('PUT', '/admin/calendar', body, to);
const send = <Body>(method: string, path: string, body: object, to: Http = http) =>
  to.send<Body>('admin', method, path, JSON.stringify(body), { 'content-type': 'application/json' });
const withDay = (day: object) => ({ ...shown.calendar, holidays: [...shown.calendar.holidays, day] });
const historyOf = async ({ id }: Pick<CaseBody, 'id'>, of: Http = http) =>
  (await of.get<Entries>('inspektur', `/inspection/cases/${id}/history`)).body.entries;
const eventsOf = async (one: Pick<CaseBody, 'id'>, of?: Http) => (await historyOf(one, of)).map(({ event }) => event);

const dayLater = (at: string | null) => new Date(Date.parse(at ?? '') + 86_400_000).toISOString();

it('shows the calendar in force and its versions', () => {
  expect(shown).toMatchObject({ version: 1, calendar: { zone: 'Asia/Jakarta' } });
  expect(shown.versions).toMatchObject([{ version: 1, by: null, reason: null, casesMoved: 0 }]);
});

it('says what a change would do, does it, and leaves what is closed byte-equal', async () => {
  const open = await http.open();
  const held = await http.open();
  await http.event('staf', held.id, held.stepSeq, 'HOLD');
  const closed = await http.driveTo('archived');
  const before = await historyOf(closed);
  expect(open.dueAt).toMatch(/^2026-12-28T00:32:0/);
  const newDueAt = dayLater(open.dueAt);

  const { body: preview } = await send<Record<string, unknown>>('POST', '/admin/calendar/preview', {
    calendar: withDay(DECREED),
  });
  expect(preview).toMatchObject({
    openCases: 2,
    paused: 1,
    dueLater: 1,
    dueEarlier: 0,
    dueUnchanged: 0,
    lateAtOnce: 0,
    capped: false,
  });
  expect(preview.examples).toEqual([
    {
      id: open.id,
      caseNo: open.caseNo,
      stepNo: 1,
      oldDueAt: open.dueAt,
      newDueAt,
    },
  ]);
  expect(await eventsOf(open)).toEqual(['OPENED']);

  const changed = await put({ version: 1, calendar: withDay(DECREED), reason: REASON });
  expect([changed.status, changed.body]).toEqual([200, { version: 2 }]);
  await eventually('the open cases have moved', async () => (await eventsOf(held)).includes('CALENDAR_CHANGED'));
  const [, entry] = await historyOf(open);
  expect(entry).toMatchObject({
    event: 'CALENDAR_CHANGED',
    actor: null,
    facts: { calendarFrom: 1, calendarTo: 2, newDueAt, by: accountId('admin') },
  });
  const { body: now } = await http.get<CaseBody>('staf', `/cases/${open.id}`);
  expect(now).toMatchObject({ dueAt: newDueAt, stepSeq: open.stepSeq });
  expect((await http.event('staf', open.id, open.stepSeq, 'RECEIVE_APPLICANT')).body.last.verdict).toBe('ON_TIME');

  expect(await historyOf(closed)).toEqual(before);
  for (const { id } of [open, held, closed]) {
    expect((await http.get('inspektur', `/inspection/cases/${id}/verify`)).body).toMatchObject({ result: 'PASS' });
  }
  const told = await server.database.owner.query('SELECT 1 FROM notices WHERE kind LIKE $1', ['SLA%']);
  expect(told.rowCount).toBe(0);
});

it('is finished when nobody can add a case by the calendar before, and says by whom and why', async () => {
  const done = await eventually('the change is finished', async () => {
    const { body } = await http.get<Shown>('admin', '/admin/calendar');
    return body.versions[0]?.finishedAt ? body : null;
  });
  expect(done.versions[0]).toMatchObject({ version: 2, by: 'admin', reason: REASON, casesMoved: 2 });
});

it('does not overwrite what somebody else has changed meanwhile', async () => {
  const reply = await put({ version: 1, calendar: shown.calendar, reason: REASON });
  expect([reply.status, (reply.body as unknown as ProblemBody).code]).toEqual([412, 'STALE_CALENDAR']);
  const twenty = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const calendar = withDay({ ...DECREED, date: `2027-05-${10 + index}` });
      return put({ version: 2, calendar, reason: REASON });
    }),
  );
  expect(twenty.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(412)]);
});

it.each<[what: string, change: (calendar: Calendar) => object, path: string]>([
  ['another zone', (calendar) => ({ ...calendar, zone: 'Asia/Makassar' }), 'calendar.zone'],
  ['another minute', (calendar) => ({ ...calendar, minuteMs: 1000 }), 'calendar.minuteMs'],
  [
    'a window that ends before it starts',
    ({ week, ...rest }) => ({ ...rest, week: { ...week, mon: [['12:00', '08:00']] } }),
    'calendar.week.mon.0',
  ],
  [
    'no windows at all',
    ({ week, ...rest }) => ({ ...rest, week: Object.fromEntries(Object.keys(week).map((day) => [day, []])) }),
    'calendar.week',
  ],
  [
    'a week closed by regimes',
    ({ week, ...rest }) => ({
      ...rest,
      week,
      regimes: [
        {
          from: '2026-01-01',
          to: '2036-01-01',
          label: 'Tutup',
          legalBasis: 'x',
          week: { ...week, mon: [], tue: [], wed: [], thu: [], fri: [] },
        },
      ],
    }),
    'calendar',
  ],
  [
    'a wrong year in a closed regime',
    (calendar) => ({
      ...calendar,
      regimes: [
        {
          from: '2026-12-28',
          to: '2062-12-31',
          label: 'Tutup akhir tahun',
          legalBasis: 'x',
          week: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] },
        },
      ],
    }),
    'calendar',
  ],
  [
    'a minute a week, most weeks closed',
    ({ week, ...rest }) => ({
      ...rest,
      week: { ...week, mon: [['08:00', '08:01']], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] },
    }),
    'calendar',
  ],
  [
    'a day open round the clock',
    ({ week, ...rest }) => ({ ...rest, week: { ...week, wed: [['00:00', '24:00']] } }),
    'calendar',
  ],
  [
    'a date in a far century',
    (calendar) => ({ ...calendar, holidays: [{ ...DECREED, date: '9999-01-01' }] }),
    'calendar',
  ],
  [
    'a day that is none',
    (calendar) => ({ ...calendar, holidays: [{ ...DECREED, date: '2026-02-30' }] }),
    'calendar.holidays.0.date',
  ],
  ['a field nobody knows', (calendar) => ({ ...calendar, siesta: true }), 'calendar'],
])('refuses %s, and says where', async (_what, change, path) => {
  const reply = await put({ version: 3, calendar: change(shown.calendar), reason: REASON });
  const { code, issues = [] } = reply.body as unknown as ProblemBody;
  expect([reply.status, code, issues.map((issue) => issue.path)]).toEqual([400, 'INVALID_INPUT', [path]]);
});

it('is for administrators only', async () => {
  for (const person of ['staf', 'kasi', 'kadin', 'inspektur', 'demo-client'] as const) {
    expect((await http.get(person, '/admin/calendar')).status).toBe(403);
  }
});

it('changes one office only; several workers share the cases, and each moves once', async () => {
  const kilat = http.inOffice(2);
  const { body: other } = await kilat.get<Shown>('admin', '/admin/calendar');
  expect(other.version).toBe(1);
  const opened = await Promise.all(Array.from({ length: 30 }, () => kilat.open()));
  await Promise.all(opened.map(({ id, stepSeq }) => kilat.event('staf', id, stepSeq, 'HOLD')));
  const idle = await startApp({ beside: server, process: 'api' });
  const mover = idle.app.get(CalendarMover, { strict: false });
  const calendar = { ...other.calendar, holidays: [{ ...DECREED, date: '2027-01-04' }] };
  expect((await put({ version: 1, calendar, reason: REASON }, kilat)).status).toBe(200);
  await Promise.all(Array.from({ length: 8 }, () => mover.moveSome(3)));
  await eventually('all thirty have moved', async () => {
    const { body } = await kilat.get<Shown>('admin', '/admin/calendar');
    return body.versions[0]?.finishedAt && body.versions[0].casesMoved === 30;
  });
  await idle.stop();
  for (const one of opened) {
    expect((await eventsOf(one, kilat)).filter((event) => event === 'CALENDAR_CHANGED')).toHaveLength(1);
  }
});

it('the same calendar once more is no change, and each change is in the log with old and new', async () => {
  const before = (await http.get<Shown>('admin', '/admin/calendar')).body;
  const calendar = { ...before.calendar, holidays: [...before.calendar.holidays, { ...DECREED, date: '2027-03-31' }] };
  const change = { version: before.version, calendar, reason: REASON };
  const version = before.version + 1;
  for (const again of [change, change, { ...change, version }]) {
    expect((await put(again)).body).toEqual({ version });
  }
  const { versions } = (await http.get<Shown>('admin', '/admin/calendar')).body;
  expect(versions[0]!.version).toBe(version);
  const { items } = (await http.get<{ items: { action: string }[] }>('admin', '/admin/log?limit=2')).body;
  expect(items[0]).toMatchObject({
    action: 'change-calendar',
    actor: 'admin',
    old: { version: before.version, calendar: before.calendar },
    new: { version, calendar, reason: REASON },
  });
});
