/** A year's list of holidays and joint leave, as a decree gives it, put in the place of what the calendar had of that year. Pure. */
import { AppError } from '../errors.js';
import type { Calendar } from '../sla/calendar.js';
import type { HolidayList } from './calendars.schemas.js';

export function withYear(calendar: Calendar, year: string, { legalBasis, days }: HolidayList): Calendar {
  const issues = days.flatMap(({ date }, index) => {
    const path = `days.${index}.date`;
    if (!date.startsWith(`${year}-`)) return [{ path, message: `is not a day of ${year}` }];
    return days.findIndex((day) => day.date === date) < index ? [{ path, message: 'is there twice' }] : [];
  });
  if (issues.length > 0) throw new AppError('INVALID_INPUT', { issues });
  const others = calendar.holidays.filter(({ date }) => !date.startsWith(`${year}-`));
  const listed = days.map((day) => ({ ...day, legalBasis }));
  const holidays = [...others, ...listed].sort((a, b) => (a.date < b.date ? -1 : 1));
  return { ...calendar, holidays };
}
