/** What a report is asked with, and its columns. */
import { z } from 'zod';
import type { ReportRow } from './boards.types.js';

const MOST_MONTHS = 24;
const GROUPS = ['month', 'step', 'officer'] as const;
export type Group = (typeof GROUPS)[number];

const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;
const month = z.string().regex(MONTH, 'a month, as 2026-11');
/** What is no month has been named already. */
const areMonths = ({ from, to }: { from: string; to: string }) => MONTH.test(from) && MONTH.test(to);
const ordinal = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5));
const groups = GROUPS.join('|');

export const reportQuery = z
  .strictObject({
    from: month,
    to: month,
    groupBy: z
      .string()
      .regex(new RegExp(`^(${groups})(,(${groups})){0,2}$`), 'month, step, officer, separated by commas')
      .refine((text) => new Set(text.split(',')).size === text.split(',').length, 'each once')
      .default(GROUPS.join(',')),
    format: z.enum(['json', 'csv']).optional(),
  })
  .refine((span) => !areMonths(span) || span.from <= span.to, { path: ['to'], message: 'not before "from"' })
  .refine((span) => !areMonths(span) || ordinal(span.to) - ordinal(span.from) < MOST_MONTHS, {
    path: ['to'],
    message: `at most ${MOST_MONTHS} months`,
  });
export type ReportQuery = z.infer<typeof reportQuery>;

export function groupsOf({ groupBy }: ReportQuery): Group[] {
  return GROUPS.filter((name) => groupBy.split(',').includes(name));
}

/** In the order of a CSV. */
export const COLUMNS = [
  'month',
  'step',
  'login',
  'name',
  'finished',
  'onTimePercent',
  'medianMinutes',
  'p90Minutes',
  'breaches',
  'outsideSop',
  'holds',
  'returns',
  'recalls',
] as const satisfies readonly (keyof ReportRow)[];
