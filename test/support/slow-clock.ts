/**
 * Working time worked out the dumb way: walk on minute by minute (or second by second) and ask the calendar's own rows
 * whether the office is open. Shares no code with src/sla, and is slow on purpose: nothing in it is clever enough to be wrong.
 */
import fc from 'fast-check';
import { calendarSchema, type Calendar } from '../../src/sla/calendar.js';

const HOURS_AHEAD: Readonly<Record<string, number>> = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 };
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MS = 24 * 3_600_000;
const GIVE_UP_MS = 200 * DAY_MS;

export class SlowClock {
  private readonly minutesOfDays = new Map<number, boolean[]>();

  constructor(
    private readonly calendar: Calendar,
    private readonly stepMs: number,
  ) {}

  isOpen(at: number): boolean {
    const local = at + (HOURS_AHEAD[this.calendar.zone] ?? 0) * 3_600_000;
    const dayNumber = Math.floor(local / DAY_MS);
    let minutes = this.minutesOfDays.get(dayNumber);
    if (!minutes) {
      minutes = this.minutesOf(new Date(dayNumber * DAY_MS));
      this.minutesOfDays.set(dayNumber, minutes);
    }
    return minutes[Math.floor((local - dayNumber * DAY_MS) / 60_000)] ?? false;
  }

  worked(from: number, to: number): number {
    let used = 0;
    for (let at = from; at < to;) {
      const end = Math.min(this.stepEnd(at), to);
      if (this.isOpen(at)) used += end - at;
      at = end;
    }
    return used;
  }

  due(start: number, ms: number): number {
    let used = 0;
    for (let at = start; at < start + GIVE_UP_MS;) {
      const end = this.stepEnd(at);
      if (this.isOpen(at)) {
        if (used + (end - at) >= ms) return at + (ms - used);
        used += end - at;
      }
      at = end;
    }
    throw new Error('the slow clock gave up');
  }

  nextWorking(start: number): number {
    let at = start;
    while (!this.isOpen(at)) at = this.stepEnd(at);
    return at;
  }

  private stepEnd(at: number): number {
    return (Math.floor(at / this.stepMs) + 1) * this.stepMs;
  }

  /** For each minute of a local day: is the office open in it? */
  private minutesOf(day: Date): boolean[] {
    const date = day.toISOString().substring(0, 10);
    const regime = this.calendar.regimes.find(({ from, to }) => date >= from && date <= to);
    const windows = (regime ?? this.calendar).week[DAYS[day.getUTCDay()] ?? 'sun'];
    const open = new Array<boolean>(1440).fill(false);
    if (this.calendar.holidays.some((holiday) => holiday.date === date)) return open;
    for (const [from, to] of windows) {
      const end = minuteOf(to);
      for (let minute = minuteOf(from); minute < end; minute++) open[minute] = true;
    }
    return open;
  }
}

function minuteOf(text: string): number {
  const [hour, minute] = text.split(':');
  return Number(hour) * 60 + Number(minute);
}

const clockText = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const isoDay = (pivot: string, shift: number) =>
  new Date(Date.parse(pivot) + shift * 86_400_000).toISOString().slice(0, 10);

/** Up to three windows a day at any minutes; touching ones and whole days among them. */
const day = fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 0, maxLength: 6 }).map((marks) => {
  const sorted = [...marks].sort((a, b) => a - b);
  const windows: [string, string][] = [];
  for (let index = 0; index + 1 < sorted.length; index += 2) {
    windows.push([clockText(sorted[index] ?? 0), clockText(sorted[index + 1] ?? 0)]);
  }
  return windows;
});
const office: [string, string][] = [
  ['07:30', '12:00'],
  ['13:00', '16:00'],
];
const week = fc.record({
  mon: fc.constant(office),
  tue: day,
  wed: day,
  thu: fc.oneof(day, fc.constant<[string, string][]>([['00:00', '24:00']])),
  fri: fc.oneof(
    day,
    fc.constant<[string, string][]>([
      ['08:00', '12:00'],
      ['12:00', '15:00'],
    ]),
  ),
  sat: fc.oneof(day, fc.constant<[string, string][]>([])),
  sun: fc.constant<[string, string][]>([]),
});

/** Places in the year where something changes: Ramadan's ends, New Year, a leap day. */
const pivots = fc.constantFrom('2026-02-18', '2026-03-19', '2026-12-31', '2028-02-29', '2026-11-24');

export const worlds: fc.Arbitrary<{ calendar: Calendar; start: number }> = pivots.chain((pivot) =>
  fc.record({
    calendar: fc
      .record({
        zone: fc.constantFrom('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'),
        week,
        regimes: fc.array(
          fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(9), week).map(([from, length, other]) => ({
            from: isoDay(pivot, from),
            to: isoDay(pivot, from + length),
            label: 'x',
            legalBasis: 'x',
            week: other,
          })),
          { maxLength: 2 },
        ),
        holidays: fc.array(
          fc.integer({ min: -9, max: 9 }).map((shift) => ({ date: isoDay(pivot, shift), label: 'x', kind: 'local' })),
          { maxLength: 8 },
        ),
      })
      .map((calendar) => calendarSchema.parse(calendar)),
    start: fc.integer({ min: -6 * 1440, max: 4 * 1440 }).map((minutes) => Date.parse(pivot) + minutes * 60_000),
  }),
);
