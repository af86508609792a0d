/** npm run whatif, as a process, over cases that were really handled. The arithmetic is tested in test/cases/what-if.spec.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepTally, Tally } from '../../src/cases/what-if.js';
import type { Entry } from '../../src/engine/entry.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { startApp, type TestApp } from '../support/app.js';
import { runScript } from '../support/command.js';
import { PATH, type CaseBody } from '../support/http.js';
import { judgeAgain, tallyOf } from '../support/judged-again.js';

interface Report {
  assumption: string;
  cases: number;
  unfinished: number;
  outsideDates: number;
  steps: (StepTally & { onTimeBeforePercent: number | null; onTimeAfterPercent: number | null })[];
  total: Tally;
}

const folder = mkdtempSync(join(tmpdir(), 'alur-whatif-'));
let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  // Three cases along the whole path: each step takes two minutes, four, six.
  for (const [day, minutes] of [
    ['2026-11-23', 2],
    ['2026-11-24', 4],
    ['2026-11-25', 6],
  ] as const) {
    await at(`${day}T08:00:00`);
    let now: CaseBody = await server.http.open();
    for (const [index, [person, , event]] of PATH.entries()) {
      const minute = minutes * (index + 1);
      await at(
        `${day}T${String(8 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`,
      );
      now = (await server.http.event(person, now.id, now.stepSeq, event)).body;
    }
    expect(now.state).toBe('archived');
  }
  await server.http.open();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const whatif = (...args: string[]) => runScript('whatif', { DATABASE_URL: server.database.appUrl }, args);
const reportOf = async (...args: string[]) => {
  const { code, out, err } = await whatif('--json', ...args);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
};

/** The same, from the texts of the history, minute by minute. */
async function bruteTotal(change: Parameters<typeof judgeAgain>[2]): Promise<Tally> {
  const { rows } = await server.database.owner.query<{ entries: string[] }>(
    'SELECT json_agg(entry ORDER BY seq) AS entries FROM history GROUP BY case_id',
  );
  const calendar = change.calendar ?? defaultCalendar();
  const measured = { ...calendar, holidays: [...calendar.holidays, ...change.holidays] };
  return tallyOf(
    rows.flatMap(({ entries }) =>
      judgeAgain(
        entries.map((text) => JSON.parse(text) as Entry),
        () => measured,
        change,
      ),
    ),
  );
}

const NOTHING = { minutes: new Map<string, number>(), calendar: null, holidays: [], from: null, to: null };

it('with nothing changed gains and loses nothing, and counts what is kept', async () => {
  const report = await reportOf();
  expect(report).toMatchObject({ cases: 4, unfinished: 1, outsideDates: 0 });
  expect(report.total).toMatchObject({ visits: 24, gained: 0, lost: 0 });
  expect(report.total).toMatchObject(await bruteTotal(NOTHING));
  expect(report.assumption).toContain('Behaviour is assumed unchanged');
});

it('other minutes: what would have been late, and what not', async () => {
  const report = await reportOf('--minutes', 'headDisposition=10', '--minutes', 'serviceDelivery=3');
  const minutes = new Map([
    ['headDisposition', 10],
    ['serviceDelivery', 3],
  ]);
  expect(report.total).toMatchObject(await bruteTotal({ ...NOTHING, minutes }));
  const step = (state: string) => report.steps.find((one) => one.state === state);
  expect(step('headDisposition')).toMatchObject({
    stepNo: 3,
    visits: 3,
    onTimeBefore: 2,
    onTimeAfter: 3,
    gained: 0,
    lost: 1,
  });
  expect(step('serviceDelivery')).toMatchObject({ onTimeBefore: 3, onTimeAfter: 1, gained: 2, lost: 0 });
  expect(step('serviceDelivery')).toMatchObject({ onTimeBeforePercent: 100, onTimeAfterPercent: 33.3 });
});

it('a holiday more, and a calendar of a file', async () => {
  const holiday = await reportOf('--holiday', '2026-11-25=Cuti bersama');
  const holidays = [{ date: '2026-11-25', label: 'Cuti bersama', kind: 'local' as const }];
  expect(holiday.total).toMatchObject(await bruteTotal({ ...NOTHING, holidays }));
  expect(holiday.total.lost).toBeGreaterThan(0);

  const path = join(folder, 'calendar.json');
  const noon: [string, string][] = [['12:00', '13:00']];
  const calendar = { ...defaultCalendar(), week: { ...defaultCalendar().week, mon: noon, tue: noon, wed: noon } };
  writeFileSync(path, JSON.stringify(calendar));
  const other = await reportOf('--calendar', path, '--office', 'contoh');
  expect(other.total).toMatchObject(await bruteTotal({ ...NOTHING, calendar }));
  const many = await whatif('--calendar', path);
  expect([many.code, many.err]).toEqual([2, 'whatif: --calendar needs --office: one of contoh, kilat.\n']);
});

it('one office, and visits that ended on certain dates', async () => {
  expect((await reportOf('--office', 'kilat')).total.visits).toBe(0);
  expect(await reportOf('--from', '2026-11-24', '--to', '2026-11-24')).toMatchObject({
    outsideDates: 16,
    total: { visits: 8 },
  });
});

it('as a table for a person', async () => {
  const { out } = await whatif('--minutes', 'headDisposition=10');
  expect(out).toMatch(/^Behaviour is assumed unchanged/);
  expect(out).toMatch(/^step +visits +on time +would be +breaches gained +breaches lost$/m);
  expect(out).toMatch(/^3\. Disposisi \(headDisposition\) +3 +66\.7 % +100\.0 % +0 +1$/m);
  expect(out).toMatch(/^4 cases\. Left out: 1 not finished, 0 finished on other dates\.$/m);
});

it.each([
  ['a step nobody knows', ['--minutes', 'lunch=10'], 'the steps are intake, registration, headDisposition'],
  ['no minutes', ['--minutes', 'intake=0'], 'a whole number of minutes'],
  ['a holiday without a label', ['--holiday', '2026-12-28'], 'a date and a label'],
  ['a day that is not there', ['--from', '2026-02-30'], '--from 2026-02-30: a date'],
  ['dates the wrong way round', ['--from', '2026-02-02', '--to', '2026-02-01'], 'lies after'],
  ['an office nobody knows', ['--office', 'nowhere'], 'There is no office nowhere'],
])('one line and exit code 2 for %s', async (_what, args, why) => {
  const { code, out, err } = await whatif(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^whatif: .*\n$/);
  expect(err).toContain(why);
});
