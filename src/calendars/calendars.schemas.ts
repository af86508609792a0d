/** What the calendar doors take. A calendar is sent whole: what was read, with what is to be different. */
import { z } from 'zod';
import { calendarSchema, holidaySchema } from '../sla/calendar.js';
import { defaultCalendar } from '../sla/default-calendar.js';

const example = () => {
  const calendar = defaultCalendar();
  const decreed = {
    date: '2026-12-28',
    label: 'Cuti bersama tambahan',
    kind: 'joint-leave',
    legalBasis: 'SKB 3 Menteri, perubahan',
  };
  return { ...calendar, holidays: [...calendar.holidays.slice(-2), decreed] };
};

/** More would be a mistake: ten years of decrees are some 300 days. What an office has kept is read without a limit. */
const MOST_REGIMES = 50;
const MOST_HOLIDAYS = 1000;
const sentCalendar = calendarSchema.extend({
  regimes: calendarSchema.shape.regimes.unwrap().max(MOST_REGIMES).default([]),
  holidays: calendarSchema.shape.holidays.unwrap().max(MOST_HOLIDAYS).default([]),
});

const day = holidaySchema.omit({ legalBasis: true });
const MOST_DAYS = 100;
const listed = {
  legalBasis: 'SKB 3 Menteri tentang hari libur nasional dan cuti bersama 2028',
  days: [
    { date: '2028-01-01', label: 'Tahun Baru Masehi', kind: 'national' },
    { date: '2028-12-26', label: 'Cuti bersama Natal', kind: 'joint-leave' },
  ],
};

/** A whole year's list: what the calendar had of that year goes. */
export const holidayList = z
  .strictObject({ legalBasis: z.string().trim().min(3).max(300), days: z.array(day).min(1).max(MOST_DAYS) })
  .meta({ title: 'HolidayList', example: listed });
export type HolidayList = z.infer<typeof holidayList>;

export const holidayImport = z
  .strictObject({ version: z.number().int().min(1).max(2_000_000_000), ...holidayList.shape })
  .meta({ title: 'HolidayImport', example: { version: 1, ...listed } });
export type HolidayImport = z.infer<typeof holidayImport>;

export const calendarPreview = z
  .strictObject({ calendar: sentCalendar })
  .meta({ title: 'CalendarPreview', example: { calendar: example() } });
export type CalendarPreview = z.infer<typeof calendarPreview>;

export const calendarChange = z
  .strictObject({
    /** The version that was read: a change made meanwhile by somebody else is not overwritten. */
    version: z.number().int().min(1).max(2_000_000_000),
    calendar: sentCalendar,
    /** Why, with the legal basis; for the record. */
    reason: z.string().trim().min(3).max(500),
  })
  .meta({
    title: 'CalendarChange',
    example: { version: 1, calendar: example(), reason: 'Cuti bersama 28 Desember 2026, SKB 3 Menteri' },
  });
export type CalendarChange = z.infer<typeof calendarChange>;
