/** Kept history judged again, minute by minute, from the entries' own words: slow, and without any code of ours but the types. */
import { stepsOf } from '../../machines/shape.js';
import type { Change, Tally } from '../../src/cases/what-if.js';
import type { Entry } from '../../src/engine/entry.js';
import { MINUTE_MS, type Calendar } from '../../src/sla/calendar.js';
import { service } from './ledger.js';
import { SlowClock } from './slow-clock.js';

const STEPS = stepsOf(service);

export type Judged = { stepNo: number | null; date: string; before: string; after: string };

/** Each finished visit, judged again from the entries' own words. */
export function judgeAgain(
  entries: readonly Entry[],
  calendarOf: (version: number) => Calendar,
  change: Change,
): Judged[] {
  return entries.flatMap((end) => {
    const { visit } = end;
    if (!visit?.verdict) return [];
    let used = 0;
    for (let index = 0; index + 1 < end.seq; index++) {
      const [begins, next] = entries.slice(index, index + 2) as [Entry, Entry];
      if (begins.next.visit !== visit.no || begins.next.dueAt === null) continue;
      const stops = entries.slice(index + 1).find((one) => one.next.dueAt === null || one.visit?.verdict) as Entry;
      const slow = new SlowClock(calendarOf(stops.visit?.calendar ?? 0), MINUTE_MS);
      used += slow.worked(Date.parse(begins.at), Date.parse(next.at));
    }
    const state = STEPS.find(({ no }) => no === visit.stepNo)?.state ?? '';
    const minutes = change.minutes.get(state) ?? visit.budgetMinutes;
    const after = used > minutes * MINUTE_MS ? 'LATE' : 'ON_TIME';
    const hours = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 }[calendarOf(visit.calendar).zone];
    const date = new Date(Date.parse(end.at) + hours * 3_600_000).toISOString().slice(0, 10);
    return [{ stepNo: visit.stepNo, date, before: visit.verdict, after }];
  });
}

export function tallyOf(judged: readonly Judged[]): Tally {
  const count = (wanted: (one: Judged) => boolean) => judged.filter(wanted).length;
  return {
    visits: judged.length,
    onTimeBefore: count(({ before }) => before === 'ON_TIME'),
    onTimeAfter: count(({ after }) => after === 'ON_TIME'),
    gained: count(({ before, after }) => before === 'ON_TIME' && after === 'LATE'),
    lost: count(({ before, after }) => before === 'LATE' && after === 'ON_TIME'),
  };
}
