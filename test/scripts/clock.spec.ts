/** npm run clock, as a process: what it tells a person, and what it answers line by line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { MINUTE_MS, type Calendar } from '../../src/sla/calendar.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';
import { runScript } from '../support/command.js';
import { inTime } from '../support/eventually.js';
import { runs } from '../support/property.js';
import { SlowClock } from '../support/slow-clock.js';

interface Answer {
  due: string;
  alarmAt: string;
  segments: { kind: string; from: string; to: string; ms: number }[];
}

const folder = mkdtempSync(join(tmpdir(), 'alur-clock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const clock = (args: readonly string[], input = '') => runScript('clock', {}, args, input);
const ask = async (lines: readonly object[], args: readonly string[] = []) => {
  const ran = await clock(['--stdin', ...args], lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return {
    ...ran,
    answers: ran.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer),
  };
};

const { seed } = runs(1);
const starts = fc.integer({ min: Date.parse('2025-12-20'), max: Date.parse('2027-01-15') });
const questions = (count: number) =>
  fc
    .sample(fc.tuple(starts, fc.integer({ min: 0, max: 600 })), { numRuns: count, seed })
    .map(([start, minutes]) => ({ start: new Date(start).toISOString(), minutes }));

describe('for a person', () => {
  it('due instant, alarm instant and pieces, in the zone of the office and in UTC', async () => {
    const { code, out, err } = await clock(['2026-11-26T11:57+07:00', '3']);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      'start         2026-11-26 11:57:00 WIB  (2026-11-26T04:57:00.000Z)',
      'due           2026-11-26 12:00:00 WIB  (2026-11-26T05:00:00.000Z)',
      'alarm after   2026-11-26 13:00:00 WIB  (2026-11-26T06:00:00.000Z)',
      '',
      'worked        2026-11-26 11:57:00 to 2026-11-26 12:00:00 WIB         3 min',
      '',
    ]);
  });

  it.each([
    ['no argument', [], 'npm run clock -- START MINUTES'],
    ['a start without a zone', ['2026-11-26T11:57', '3'], 'start: an instant with its zone'],
    ['a day that is not there', ['2026-02-30T11:57+07:00', '3'], 'start: an instant with its zone'],
    ['half a minute', ['2026-11-26T11:57+07:00', '0.5'], 'minutes: '],
    ['too many minutes', ['2026-11-26T11:57+07:00', '100001'], 'minutes: '],
    ['an option nobody knows', ['--zone', 'WITA'], "Unknown option '--zone'"],
    ['both ways at once', ['--stdin', '2026-11-26T11:57+07:00', '3'], 'npm run clock -- START MINUTES'],
    ['no such file', ['2026-11-26T11:57+07:00', '3', '--calendar', 'nowhere.json'], 'Cannot read nowhere.json: ENOENT'],
  ])('one line and exit code 2 for %s', async (_what, args, why) => {
    const { code, out, err } = await clock(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^clock: .*\n$/);
    expect(err).toContain(why);
  });
});

describe('by lines', () => {
  it('answers as the slow clock does, each in its place', async () => {
    const asked = questions(300);
    const slow = new SlowClock(defaultCalendar(), MINUTE_MS);
    const { code, err, answers } = await ask(asked);
    expect([code, err, answers.length]).toEqual([0, '', asked.length]);
    answers.forEach(({ due, alarmAt, segments }, index) => {
      const { start = '', minutes = 0 } = asked[index] ?? {};
      const from = Date.parse(start);
      const slowDue = minutes === 0 ? from : slow.due(from, minutes * MINUTE_MS);
      expect([start, minutes, due, alarmAt]).toEqual([
        start,
        minutes,
        new Date(slowDue).toISOString(),
        new Date(slow.nextWorking(slowDue)).toISOString(),
      ]);
      const worked = segments.filter(({ kind }) => kind === 'worked').reduce((sum, { ms }) => sum + ms, 0);
      expect(worked).toBe(minutes * MINUTE_MS);
      const marks = [start, ...segments.flatMap(({ from: begins, to }) => [begins, to]), due].map((at) =>
        Date.parse(at),
      );
      for (let mark = 0; mark < marks.length; mark += 2) expect(marks[mark]).toBe(marks[mark + 1]);
    });
  });

  it('a bad line is an answer with its number, the others are answered, and the exit code says so', async () => {
    const good = '{"start":"2026-11-27T16:28+07:00","minutes":5}';
    const { code, out, err } = await clock(['--stdin'], [good, 'nope', '', '{"minutes":5}', '[]', good].join('\n'));
    expect([code, err]).toEqual([1, '']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { line?: number; error?: string; due?: string });
    expect(lines.map(({ line, due }) => line ?? due)).toEqual([
      '2026-11-30T00:33:00.000Z',
      2,
      3,
      4,
      5,
      '2026-11-30T00:33:00.000Z',
    ]);
    expect(lines[3]?.error).toContain('start: an instant with its zone');
  });

  it('a hundred thousand lines in seconds', async () => {
    const begun = performance.now();
    const { code, answers } = await ask(questions(100_000));
    expect([code, answers.length]).toEqual([0, 100_000]);
    inTime('a hundred thousand answers', performance.now() - begun, 60_000);
  });
});

describe('with a calendar of a file', () => {
  const asked = [{ start: '2026-11-26T07:00:00+08:00', minutes: 10 }];
  const calendar = (change: Partial<Calendar>) => JSON.stringify({ ...defaultCalendar(), ...change });

  it('goes by its zone and by the length of its minute', async () => {
    const makassar = await ask(asked, ['--calendar', fileOf('wita.json', calendar({ zone: 'Asia/Makassar' }))]);
    expect(makassar.answers[0]?.due).toBe('2026-11-25T23:40:00.000Z');
    const quick = await ask(asked, ['--calendar', fileOf('quick.json', calendar({ minuteMs: 1000 }))]);
    expect(quick.answers[0]?.due).toBe('2026-11-26T00:30:10.000Z');
  });

  it('reads the example of docs/clock.md', async () => {
    const page = readFileSync(join(PROJECT_ROOT, 'docs/clock.md'), 'utf8');
    const path = fileOf('example.json', /```json\n([^`]+)```/.exec(page)?.[1] ?? '');
    const { answers } = await ask([{ start: '2026-12-24T15:59:00+07:00', minutes: 2 }], ['--calendar', path]);
    expect(answers[0]?.due).toBe('2026-12-28T00:31:00.000Z');
  });

  it('says which day does not open often enough', async () => {
    const week = { mon: [['08:00', '08:01']], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
    const path = fileOf('seldom.json', JSON.stringify({ zone: 'Asia/Jakarta', week }));
    const { code, out } = await clock(['--stdin', '--calendar', path], '{"start":"2026-11-26T07:00Z","minutes":500}\n');
    expect(code).toBe(1);
    expect(out).toContain('No working time found within 732 days');
  });

  it.each([
    ['no JSON', '{', 'is no JSON'],
    ['a wrong day', calendar({ holidays: [{ date: '2026-02-30', label: 'x', kind: 'local' }] }), 'holidays.0.date: '],
    [
      'a field nobody knows',
      JSON.stringify({ ...defaultCalendar(), colour: 'red' }),
      'the file: Unrecognized key: "colour"',
    ],
    ['many mistakes', '{"zone":"WIB","week":{}}', 'and 3 more'],
  ])('%s is refused in one line', async (_what, text, why) => {
    const { code, out, err } = await clock(['--stdin', '--calendar', fileOf('bad.json', text)]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^clock: .*\n$/);
    expect(err).toContain(why);
  });
});
