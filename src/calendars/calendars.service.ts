/** An office's calendar: read, previewed, changed. Open cases follow a change by the worker (engine/calendar-mover). */
import { Injectable } from '@nestjs/common';
import type { Reader } from '../access/actor.guard.js';
import { authorOf } from '../admin/author.js';
import { ladderOf } from '../../machines/ladder.js';
import type { Registry } from '../../machines/registry.js';
import { stepsOf } from '../../machines/shape.js';
import { Engine } from '../engine/engine.service.js';
import { OfficeStore } from '../engine/office.store.js';
import { AppError } from '../errors.js';
import { calendarSchema, isRehearsal, WorkingTime, type Calendar } from '../sla/calendar.js';
import type { CalendarChange, CalendarPreview, HolidayImport, HolidayList } from './calendars.schemas.js';
import { CalendarsStore } from './calendars.store.js';
import { counted, NO_CASES, type Preview } from './preview.js';
import { withYear } from './year-of-holidays.js';

const VERSIONS_SHOWN = 50;
/** Open cases a preview looks at: a second or two of reckoning. */
const PREVIEW_CASES = 50_000;
const DAY_MS = 86_400_000;
/** No office closes for longer; a mistake in a year would, and due times would be found nowhere. */
const LONGEST_CLOSED_DAYS = 62;
/** Each day up to the last date is looked at: a far one would hold up everybody. */
const YEARS_AHEAD = 10;

@Injectable()
export class Calendars {
  constructor(
    private readonly store: CalendarsStore,
    private readonly offices: OfficeStore,
    private readonly engine: Engine,
  ) {}

  async show({ officeId }: Reader) {
    const [{ version, data }, versions] = await Promise.all([
      this.store.current(officeId),
      this.store.versions(officeId, VERSIONS_SHOWN),
    ]);
    return { version, calendar: calendarSchema.parse(data), versions };
  }

  /** One version, whether it is in force or has been. */
  async version(officeId: string, version: number) {
    const found = await this.store.version(officeId, version);
    if (!found) throw new AppError('NOT_FOUND');
    return { version, createdAt: found.createdAt, calendar: calendarSchema.parse(found.data) };
  }

  async preview({ officeId, accountId }: Reader, { calendar }: CalendarPreview): Promise<Preview> {
    const { version } = await this.checked(officeId, calendar);
    const current = new WorkingTime(calendar);
    let preview = NO_CASES;
    for await (const page of this.store.openCases(officeId)) {
      for (const row of page) {
        const visit = await this.offices.workingTime(officeId, row.calendarVersion);
        const times = { visit, current, currentVersion: version + 1, changedBy: accountId };
        preview = counted(preview, this.engine.registered(row), row, times);
      }
      if (preview.openCases >= PREVIEW_CASES) return { ...preview, capped: true };
    }
    return preview;
  }

  async previewYear(me: Reader, year: string, list: HolidayList): Promise<Preview> {
    return this.preview(me, { calendar: withYear(await this.inForce(me), year, list) });
  }

  /** The legal basis is the reason. */
  async importYear(me: Reader, year: string, { version, legalBasis, days }: HolidayImport) {
    const calendar = withYear(await this.inForce(me), year, { legalBasis, days });
    return this.change(me, { version, calendar, reason: legalBasis });
  }

  private async inForce({ officeId }: Reader): Promise<Calendar> {
    return calendarSchema.parse((await this.store.current(officeId)).data);
  }

  /** The same calendar once more is no change: who repeats a request gets the version it made. */
  async change(me: Reader, { version, calendar, reason }: CalendarChange) {
    const { officeId } = me;
    const current = await this.checked(officeId, calendar);
    if (JSON.stringify(calendar) === JSON.stringify(current.before)) return { version: current.version };
    const made = current.version === version ? await this.store.change(authorOf(me), version, calendar, reason) : null;
    if (made !== null) return { version: made };
    const { version: now } = await this.store.current(officeId);
    throw new AppError('STALE_CALENDAR', { params: { version: now } });
  }

  /** What a schema cannot say: it must be a calendar this office can live by. */
  private async checked(officeId: string, calendar: Calendar): Promise<{ version: number; before: Calendar }> {
    const { version, data, now } = await this.store.current(officeId);
    const before = calendarSchema.parse(data);
    if (calendar.zone !== before.zone)
      throw refused('calendar.zone', `stays ${before.zone}: open cases are judged by it`);
    if (calendar.minuteMs !== before.minuteMs) throw refused('calendar.minuteMs', `stays ${before.minuteMs}`);
    // The next start without the demo would refuse to run with it, and nobody could mend it here.
    if (isRehearsal(calendar) && !isRehearsal(before))
      throw refused('calendar', 'has a day open round the clock: for rehearsal offices only');
    const unfounded = withoutBasis(calendar, before);
    if (unfounded.length > 0) throw new AppError('INVALID_INPUT', { issues: unfounded });
    const time = new WorkingTime(calendar);
    const neededMs = longestMinutes(this.engine.registry) * calendar.minuteMs;
    const closed = closedTooLong(time, neededMs, now, lastDateOf(calendar, time.dateOf(now)));
    if (closed !== null) {
      const from = time.dateOf(closed);
      throw refused(
        'calendar',
        `leaves too little working time in the ${LONGEST_CLOSED_DAYS} days from ${from}: a step could not become due, and told of`,
      );
    }
    return { version, before };
  }
}

/** The last date that is unlike any other; from there on the week repeats itself. */
function lastDateOf({ regimes, holidays }: Calendar, today: string): string {
  const dates = [...regimes.map(({ to }) => to), ...holidays.map(({ date }) => date)];
  const last = dates.reduce((latest, date) => (date > latest ? date : latest), '');
  const farthest = `${Number(today.slice(0, 4)) + YEARS_AHEAD}${today.slice(4)}`;
  if (last > farthest) throw refused('calendar', `has the date ${last}: ${farthest} is the last that is taken`);
  return last;
}

/** A day off that is new must say by which decree; one that was there without may stay so, and none may lose it. */
function withoutBasis({ holidays }: Calendar, before: Calendar): { path: string; message: string }[] {
  const unfounded = new Set(before.holidays.filter(({ legalBasis }) => !legalBasis).map(({ date }) => date));
  return holidays.flatMap(({ date, legalBasis }, index) => {
    if (legalBasis !== undefined || unfounded.has(date)) return [];
    return [
      {
        path: `calendar.holidays.${index}.legalBasis`,
        message: `is needed for ${date}: by which decree is it a day off?`,
      },
    ];
  });
}

/** Until the last rung of the longest step of any SOP. */
function longestMinutes(registry: Registry): number {
  const longest = registry.all().map(({ service }) => {
    const minutes = Math.max(...stepsOf(service).map((step) => step.minutes));
    return (minutes * Math.max(...ladderOf(service).levels.map(({ percent }) => percent))) / 100;
  });
  return Math.max(...longest);
}

/** The first instant from which so much working time would take too long; null where there is none. */
function closedTooLong(time: WorkingTime, neededMs: number, now: number, lastDate: string): number | null {
  const end = Math.max(now, lastDate === '' ? 0 : Date.parse(`${lastDate}T00:00:00Z`)) + DAY_MS;
  for (let at = now; at <= end;) {
    const due = dueAfter(time, at, neededMs);
    if (due === null || due - at > LONGEST_CLOSED_DAYS * DAY_MS) return at;
    at += DAY_MS;
  }
  return null;
}

function dueAfter(time: WorkingTime, at: number, neededMs: number): number | null {
  try {
    return time.due(at, neededMs);
  } catch {
    return null;
  }
}

function refused(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}
