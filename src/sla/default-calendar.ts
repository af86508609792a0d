/** The office's calendar as it is first installed: Perpres 21/2023 windows, Ramadan 1447, shared holidays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../paths.js';
import { calendarSchema, type Calendar } from './calendar.js';

const WEEKDAY: [string, string][] = [
  ['07:30', '12:00'],
  ['13:00', '16:00'],
];
const RAMADAN_WEEKDAY: [string, string][] = [
  ['08:00', '12:00'],
  ['12:30', '15:00'],
];

function fiveDays(weekday: [string, string][], friday: [string, string][]) {
  return { mon: weekday, tue: weekday, wed: weekday, thu: weekday, fri: friday, sat: [], sun: [] };
}

/** The shared holidays, each with the decree its year goes by. */
function sharedHolidays(): object[] {
  const { sources, holidays } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'data/holidays-id.json'), 'utf8')) as {
    sources: Record<string, string>;
    holidays: { date: string }[];
  };
  return holidays.map((day) => ({ ...day, legalBasis: sources[day.date.slice(0, 4)] }));
}

/** Windows of Perpres 21/2023; Ramadan hours of Lumajang, 18 February to 19 March 2026; holidays of `data/`. */
export function defaultCalendar(): Calendar {
  return calendarSchema.parse({
    zone: 'Asia/Jakarta',
    week: fiveDays(WEEKDAY, [
      ['07:30', '11:30'],
      ['13:00', '16:30'],
    ]),
    regimes: [
      {
        from: '2026-02-18',
        to: '2026-03-19',
        label: 'Ramadan 1447',
        legalBasis: 'Perpres 21/2023',
        week: fiveDays(RAMADAN_WEEKDAY, [['07:00', '11:00']]),
      },
    ],
    holidays: sharedHolidays(),
  });
}

/** Open day and night, a minute lasts one second: for the second demo office only. */
export function rehearsalCalendar(): Calendar {
  const always: [string, string][] = [['00:00', '24:00']];
  const week = { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always };
  return calendarSchema.parse({ zone: 'Asia/Jakarta', minuteMs: 1000, week });
}
