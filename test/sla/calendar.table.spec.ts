/** The office's calendar by hand-made rows: the domain's own, and every edge between two kinds of day. */
import { calendarSchema, isRehearsal, MINUTE_MS, WorkingTime, type Calendar } from '../../src/sla/calendar.js';
import { defaultCalendar, rehearsalCalendar } from '../../src/sla/default-calendar.js';
import { wib } from '../support/ledger.js';

const time = new WorkingTime(defaultCalendar());
const local = (at: number) => new Date(at + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

/** Start, standard minutes, due. The first five are the domain's table. */
const DUE: readonly (readonly [why: string, start: string, minutes: number, due: string])[] = [
  ['the whole SOP on a plain morning', '2026-11-25 07:30', 34, '2026-11-25 08:04'],
  ['over lunch', '2026-11-26 11:58', 5, '2026-11-26 13:03'],
  ['over a weekend', '2026-11-27 16:28', 5, '2026-11-30 07:33'],
  ['over joint leave, Christmas and a weekend', '2026-12-23 15:59', 5, '2026-12-28 07:34'],
  ['a Friday in Ramadan', '2026-03-06 10:58', 5, '2026-03-09 08:03'],
  ['up to the very end of a window', '2026-11-26 11:57', 3, '2026-11-26 12:00'],
  ['the first minute of a window', '2026-11-26 13:00', 1, '2026-11-26 13:01'],
  ['a whole week', '2026-11-23 07:30', 37.5 * 60, '2026-11-27 16:30'],
  ['a whole week and a minute', '2026-11-23 07:30', 37.5 * 60 + 1, '2026-11-30 07:31'],
  ['before hours', '2026-11-25 05:00', 5, '2026-11-25 07:35'],
  ['in the lunch break', '2026-11-25 12:30', 5, '2026-11-25 13:05'],
  ['as the office closes', '2026-11-25 16:00', 5, '2026-11-26 07:35'],
  ['in the evening', '2026-11-25 21:00', 5, '2026-11-26 07:35'],
  ['on a Sunday', '2026-11-29 10:00', 5, '2026-11-30 07:35'],
  ['Friday prayers: a longer break', '2026-11-27 11:28', 5, '2026-11-27 13:03'],
  ['Friday afternoon goes on until 16.30', '2026-11-27 16:00', 5, '2026-11-27 16:05'],
  ['a holiday in mid-week', '2026-06-15 15:58', 5, '2026-06-17 07:33'],
  ['on a holiday', '2026-08-17 09:00', 5, '2026-08-18 07:35'],
  ['on a day of joint leave', '2026-12-24 09:00', 5, '2026-12-28 07:35'],
  ['joint leave at both ends of Idulfitri', '2026-03-17 14:58', 5, '2026-03-25 07:33'],
  ['into Ramadan', '2026-02-13 16:28', 5, '2026-02-18 08:03'],
  ['Ramadan: the shorter break', '2026-03-02 11:58', 5, '2026-03-02 12:33'],
  ['Ramadan: closed at three', '2026-03-02 14:58', 5, '2026-03-03 08:03'],
  ['Ramadan: Friday opens at seven', '2026-03-06 06:00', 5, '2026-03-06 07:05'],
  ['the last Ramadan day is a holiday, and so is the first after', '2026-03-19 09:00', 5, '2026-03-25 07:35'],
  ['out of Ramadan, no sooner than half past seven', '2026-03-25 07:00', 5, '2026-03-25 07:35'],
  ['into the new year', '2026-12-31 15:58', 5, '2027-01-04 07:33'],
];

describe('due times in Lumajang', () => {
  it.each(DUE)('%s: %s + %d min is due %s', (_why, start, minutes, due) => {
    const at = time.due(wib(start), minutes * MINUTE_MS);
    expect(local(at)).toBe(due);
    expect(at).toBe(wib(due));
    expect(time.worked(wib(start), at)).toBe(minutes * MINUTE_MS);
  });

  it('nothing to do is due at once, even at night', () => {
    expect(time.due(wib('2026-11-25 23:00'), 0)).toBe(wib('2026-11-25 23:00'));
  });

  it('keeps seconds and milliseconds', () => {
    expect(time.due(wib('2026-11-26 11:58:30.250'), 5 * MINUTE_MS)).toBe(wib('2026-11-26 13:03:30.250'));
  });
});

describe('a breach is more than the budget', () => {
  const entered = wib('2026-11-26 11:57');
  const budget = 3 * MINUTE_MS;
  const late = (at: number) => time.worked(entered, at) > budget;

  it('entered 11.57 with three minutes: due at noon, and still on time at 12.40', () => {
    expect(time.due(entered, budget)).toBe(wib('2026-11-26 12:00'));
    expect(late(wib('2026-11-26 12:40'))).toBe(false);
  });

  it('on time at 13.00.00 sharp, late a millisecond after, and that is the instant alarms wait for', () => {
    expect(time.exceeded(entered, budget)).toBe(wib('2026-11-26 13:00'));
    expect(late(wib('2026-11-26 13:00'))).toBe(false);
    expect(late(wib('2026-11-26 13:00') + 1)).toBe(true);
  });

  it('within a window, the alarm instant is the due time itself', () => {
    const start = wib('2026-11-26 09:00');
    expect(time.exceeded(start, budget)).toBe(time.due(start, budget));
  });

  it('used up at the end of a Friday, late on Monday', () => {
    expect(time.exceeded(wib('2026-11-27 16:25'), 5 * MINUTE_MS)).toBe(wib('2026-11-30 07:30'));
  });
});

describe('zones', () => {
  const in_ = (zone: Calendar['zone']) => new WorkingTime({ ...defaultCalendar(), zone });

  it.each([
    ['Asia/Jakarta', '2026-11-25T00:30:00Z', 'WIB'],
    ['Asia/Makassar', '2026-11-24T23:30:00Z', 'WITA'],
    ['Asia/Jayapura', '2026-11-24T22:30:00Z', 'WIT'],
  ] as const)('%s opens at %s', (zone, opening, name) => {
    const there = in_(zone);
    expect(new Date(there.nextWorking(Date.parse('2026-11-24T15:00:00Z'))).toISOString()).toBe(
      opening.replace('Z', '.000Z'),
    );
    expect(there.timeOf(Date.parse(opening))).toBe(`07.30 ${name}`);
    expect(there.dateOf(Date.parse(opening))).toBe('2026-11-25');
    expect(there.worked(Date.parse(opening) - 1000, Date.parse(opening) + 1000)).toBe(1000);
  });

  it('a day belongs to the date of its own zone: the year turns in Jayapura first', () => {
    const at = Date.parse('2026-12-31T15:30:00Z');
    expect(in_('Asia/Jayapura').dateOf(at)).toBe('2027-01-01');
    expect(in_('Asia/Jakarta').dateOf(at)).toBe('2026-12-31');
    expect(in_('Asia/Jakarta').dateOf(Date.parse('2026-12-31T17:00:00Z'))).toBe('2027-01-01');
  });
});

const ALWAYS: [string, string][] = [['00:00', '24:00']];

describe('rehearsal calendars', () => {
  const real = defaultCalendar();
  const changed = (change: object) => calendarSchema.parse({ ...real, ...change });

  it.each([
    ['the real one', real, false],
    ['the rehearsal one', rehearsalCalendar(), true],
    ['a minute of one second', changed({ minuteMs: 1000 }), true],
    ['one day round the clock', changed({ week: { ...real.week, sat: ALWAYS } }), true],
    [
      'round the clock in two windows',
      changed({
        week: {
          ...real.week,
          sun: [
            ['00:00', '12:00'],
            ['12:00', '24:00'],
          ],
        },
      }),
      true,
    ],
    [
      'round the clock for a season',
      changed({
        regimes: [
          { from: '2026-01-01', to: '2026-12-31', label: 'x', legalBasis: 'x', week: { ...real.week, mon: ALWAYS } },
        ],
      }),
      true,
    ],
    [
      'a long day with a break',
      changed({
        week: {
          ...real.week,
          sat: [
            ['00:00', '12:00'],
            ['12:01', '24:00'],
          ],
        },
      }),
      false,
    ],
  ])('%s', (_what, calendar, rehearsal) => {
    expect(isRehearsal(calendar)).toBe(rehearsal);
  });
});

describe('calendars with a mistake in them are refused', () => {
  const real = JSON.parse(JSON.stringify(defaultCalendar())) as Calendar;
  const monday = (mon: unknown) => ({ ...real, week: { ...real.week, mon } });
  const regime = (change: object) => ({ ...real, regimes: [{ ...real.regimes[0], ...change }] });
  const empty = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

  it.each([
    ['a window that ends before it starts', monday([['12:00', '07:30']])],
    ['a window of no length', monday([['08:00', '08:00']])],
    [
      'windows that overlap',
      monday([
        ['07:30', '12:00'],
        ['11:00', '16:00'],
      ]),
    ],
    [
      'windows out of order',
      monday([
        ['13:00', '16:00'],
        ['07:30', '12:00'],
      ]),
    ],
    ['25 o’clock', monday([['07:30', '25:00']])],
    ['a minute past the day', monday([['07:30', '24:01']])],
    ['minute 60', monday([['07:60', '12:00']])],
    ['a time without its zero', monday([['7:30', '12:00']])],
    ['a window of three times', monday([['07:30', '12:00', '13:00']])],
    ['a week without Mondays', { ...real, week: { ...real.week, mon: undefined } }],
    ['a week with an eighth day', { ...real, week: { ...real.week, xyz: [] } }],
    ['a week that never opens', { ...real, week: empty }],
    ['a zone of another country', { ...real, zone: 'Asia/Singapore' }],
    ['no zone', { ...real, zone: undefined }],
    ['minutes longer than minutes', { ...real, minuteMs: 60_001 }],
    ['minutes too short to count', { ...real, minuteMs: 99 }],
    ['a fraction of a millisecond', { ...real, minuteMs: 1000.5 }],
    ['a regime without a legal basis', regime({ legalBasis: undefined })],
    ['a regime that ends before it begins', regime({ from: '2026-03-19', to: '2026-02-18' })],
    ['a date that is none', regime({ from: '2026-02-30' })],
    ['a holiday of an unknown kind', { ...real, holidays: [{ date: '2026-01-01', label: 'x', kind: 'birthday' }] }],
    ['a holiday without a date', { ...real, holidays: [{ label: 'x', kind: 'local' }] }],
    ['a field nobody knows', { ...real, summerTime: true }],
  ])('%s', (_what, calendar) => {
    expect(calendarSchema.safeParse(real).success).toBe(true);
    expect(calendarSchema.safeParse(calendar).success).toBe(false);
  });

  it('a calendar whose days are all holidays says so instead of searching for ever', () => {
    const closed = { from: '2020-01-01', to: '2099-12-31', label: 'x', legalBasis: 'x', week: empty };
    const never = new WorkingTime(calendarSchema.parse({ ...real, regimes: [closed] }));
    expect(() => never.due(wib('2026-11-25 09:00'), 1)).toThrow(/closed, or nearly so/);
    expect(() => never.nextWorking(wib('2026-11-25 09:00'))).toThrow(/closed, or nearly so/);
    expect(never.worked(wib('2026-01-01 00:00'), wib('2027-01-01 00:00'))).toBe(0);
  });
});
