/**
 * Working time of an office, as pure functions over calendar data. All instants are epoch milliseconds (UTC).
 *
 * A window is half-open `[start, end)`. Indonesia keeps no summer time, so a zone is a fixed offset and a local day is
 * exactly 24 hours long. Source of the default windows: Perpres 21/2023 (37.5 h a week).
 */
import { z } from 'zod';

export const ZONES = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;
export type Zone = keyof typeof ZONES;
/** How a zone is written behind a time of day. */
export const ZONE_NAMES = { 'Asia/Jakarta': 'WIB', 'Asia/Makassar': 'WITA', 'Asia/Jayapura': 'WIT' } as const;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
/** How far ahead a due time is looked for: a calendar with no window in two years has a mistake in it. */
const HORIZON_DAYS = 732;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);
const window = z.tuple([timeOfDay, timeOfDay]).refine(([from, to]) => from < to, 'a window ends after it starts');
const windows = z
  .array(window)
  .refine(
    (list) => list.every(([from], index) => index === 0 || from >= (list[index - 1]?.[1] ?? '')),
    'windows of one day follow each other and do not overlap',
  );
const week = z.strictObject({
  mon: windows,
  tue: windows,
  wed: windows,
  thu: windows,
  fri: windows,
  sat: windows,
  sun: windows,
});
const date = z.iso.date();
const words = z.string().min(1).max(300);

export const holidaySchema = z.strictObject({
  date,
  label: words,
  kind: z.enum(['national', 'joint-leave', 'local']),
  legalBasis: words.optional(),
  estimated: z.boolean().optional(),
});

export const calendarSchema = z.strictObject({
  zone: z.enum(Object.keys(ZONES) as [Zone, ...Zone[]]),
  /** Length of a working minute. Anything but 60,000 is a rehearsal calendar and refused outside demo mode. */
  minuteMs: z.number().int().min(100).max(MINUTE_MS).default(MINUTE_MS),
  week: week.refine(
    (days) => Object.values(days).some(({ length }) => length > 0),
    'the office opens at least once a week',
  ),
  /** Date-ranged other weeks, both ends included (Ramadan). The first that matches wins. */
  regimes: z
    .array(
      z
        .strictObject({ from: date, to: date, label: words, legalBasis: words, week })
        .refine(({ from, to }) => from <= to, 'a regime ends on or after the day it begins'),
    )
    .default([]),
  holidays: z.array(holidaySchema).default([]),
});
export type Calendar = z.infer<typeof calendarSchema>;
type Week = z.infer<typeof week>;

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Window = readonly [startMs: number, endMs: number];

/** A local day, from midnight to midnight. */
export interface Day {
  readonly startMs: number;
  readonly endMs: number;
  readonly holiday: boolean;
  readonly windows: readonly Window[];
}

/** A calendar made ready for use: windows of a day are worked out once and kept. */
export class WorkingTime {
  private readonly offsetMs: number;
  private readonly holidays: Set<string>;
  private readonly days = new Map<number, readonly Window[]>();

  constructor(readonly calendar: Calendar) {
    this.offsetMs = ZONES[calendar.zone] * HOUR_MS;
    this.holidays = new Set(calendar.holidays.map(({ date: day }) => day));
  }

  get minuteMs(): number {
    return this.calendar.minuteMs;
  }

  /** Working milliseconds in `[from, to)`. */
  worked(from: number, to: number): number {
    let sum = 0;
    for (let day = this.dayOf(from); day <= this.dayOf(to); day++) {
      for (const [start, end] of this.windowsOf(day)) sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
    return sum;
  }

  /** The first instant at which `ms` of working time have been used since `start`; `start` itself for none. */
  due(start: number, ms: number): number {
    if (ms <= 0) return start;
    let left = ms;
    for (const [from, to] of this.windowsSince(start)) {
      const available = to - Math.max(from, start);
      if (available >= left) return Math.max(from, start) + left;
      left -= available;
    }
    throw new Error(
      `No working time found within ${HORIZON_DAYS} days: the calendar is closed, or nearly so, from then on.`,
    );
  }

  /** `at` where it is working time, else the start of the next window. */
  nextWorking(at: number): number {
    for (const [from, to] of this.windowsSince(at)) if (to > at) return Math.max(from, at);
    throw new Error(
      `No working time found within ${HORIZON_DAYS} days: the calendar is closed, or nearly so, from then on.`,
    );
  }

  /**
   * The instant after which more than `ms` have been used: entered 11:57 with 3 minutes, due 12:00, late only after
   * 13:00. An alarm fires strictly after it.
   */
  exceeded(start: number, ms: number): number {
    return this.nextWorking(this.due(start, ms));
  }

  /** The local days that `[from, to)` touches. */
  *daysBetween(from: number, to: number): Generator<Day> {
    for (let day = this.dayOf(from); day <= this.dayOf(to - 1); day++) {
      const startMs = day * DAY_MS - this.offsetMs;
      const holiday = this.holidays.has(isoDate(day));
      yield { startMs, endMs: startMs + DAY_MS, holiday, windows: this.windowsOf(day) };
    }
  }

  /** Calendar date (`2026-11-24`) of an instant, in the office's zone. */
  dateOf(at: number): string {
    return new Date(at + this.offsetMs).toISOString().slice(0, 10);
  }

  /** Time of day as the office writes it: `10.05 WIB`. */
  timeOf(at: number): string {
    const text = new Date(at + this.offsetMs).toISOString().slice(11, 16).replace(':', '.');
    return `${text} ${ZONE_NAMES[this.calendar.zone]}`;
  }

  private dayOf(at: number): number {
    return Math.floor((at + this.offsetMs) / DAY_MS);
  }

  private *windowsSince(at: number): Generator<Window> {
    const first = this.dayOf(at);
    for (let day = first; day < first + HORIZON_DAYS; day++) {
      for (const window of this.windowsOf(day)) if (window[1] > at) yield window;
    }
  }

  private windowsOf(day: number): readonly Window[] {
    const known = this.days.get(day);
    if (known) return known;
    const midnight = day * DAY_MS - this.offsetMs;
    const found = this.weekOf(day)[WEEKDAYS[(day + 4) % 7] ?? 'sun'].map(([from, to]): Window => [
      midnight + msOf(from),
      midnight + msOf(to),
    ]);
    const open = this.holidays.has(isoDate(day)) ? [] : found;
    this.days.set(day, open);
    return open;
  }

  private weekOf(day: number): Week {
    const iso = isoDate(day);
    return this.calendar.regimes.find(({ from, to }) => from <= iso && iso <= to)?.week ?? this.calendar.week;
  }
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function msOf(time: string): number {
  return Number(time.slice(0, 2)) * HOUR_MS + Number(time.slice(3)) * MINUTE_MS;
}

/** A calendar fit only for rehearsals: open round the clock, or with minutes that are not minutes. */
export function isRehearsal({ minuteMs, week: usual, regimes }: Calendar): boolean {
  const days = [usual, ...regimes.map(({ week: other }) => other)].flatMap((one) => Object.values(one));
  const openMs = (day: Week['mon']) => day.reduce((sum, [from, to]) => sum + msOf(to) - msOf(from), 0);
  return minuteMs !== MINUTE_MS || days.some((day) => openMs(day) === DAY_MS);
}
