/**
 * The visits of a case to its steps, read from its history alone: when each began and ended, and in which stretches its
 * clock ran or stood still. Pure.
 *
 * A stretch is judged by one calendar version: the one named by the entry that ended it, or, while it lasts, by the case.
 * So a calendar changed in the middle of a stretch (CALENDAR_CHANGED) judges all of it, and stretches that had ended
 * before keep the version they were judged by.
 */
import type { Entry } from '../engine/entry.js';

/** What is read of a case: its entries, and the present visit as the case itself has it, no entry having said so yet. */
export interface CaseHistory {
  readonly entries: readonly Entry[];
  readonly calendarVersion: number;
  readonly stepNo: number | null;
  readonly budgetMinutes: number | null;
}

/** Between two boundaries of a visit; `to` and `toSeq` are null while it lasts. */
export interface Stretch {
  readonly running: boolean;
  readonly from: number;
  readonly fromSeq: number;
  readonly to: number | null;
  readonly toSeq: number | null;
  readonly calendar: number;
}

export interface StepVisit {
  readonly no: number;
  readonly stepNo: number | null;
  readonly budgetMinutes: number;
  /** The due time in force, and the entry that set it; null while the clock stands still. */
  readonly due: { readonly at: string; readonly seq: number } | null;
  /** As the last entry of the visit states it; null while the visit lasts. */
  readonly recorded: {
    readonly usedMs: number;
    readonly budgetMs: number;
    readonly verdict: 'ON_TIME' | 'LATE';
  } | null;
  /** One after the other without gap: the first begins with the visit, the last ends with it. */
  readonly stretches: readonly Stretch[];
}

interface Open {
  readonly no: number;
  readonly running: boolean;
  readonly from: number;
  readonly fromSeq: number;
  readonly due: StepVisit['due'];
  readonly stretches: readonly Stretch[];
}

export function stepVisits(history: CaseHistory): StepVisit[] {
  const visits: StepVisit[] = [];
  let open = null as Open | null;
  for (const entry of history.entries) {
    const { visit, next } = entry;
    if (!open || !visit) {
      open = begin(entry);
    } else if (visit.verdict) {
      const { stepNo, budgetMinutes, usedMs, budgetMs, verdict } = visit;
      const stretches = ended(open, entry, visit.calendar);
      visits.push({
        no: open.no,
        stepNo,
        budgetMinutes,
        due: open.due,
        recorded: { usedMs, budgetMs, verdict },
        stretches,
      });
      open = next.visit === visit.no ? null : begin(entry);
    } else if (open.running === (next.dueAt === null)) {
      open = { ...begin(entry), running: !open.running, stretches: ended(open, entry, visit.calendar) };
    } else {
      open = { ...open, due: dueOf(entry, open.due) };
    }
  }
  if (open) visits.push(lasting(open, history));
  return visits;
}

function begin(entry: Entry): Open {
  const { seq, next } = entry;
  const from = Date.parse(entry.at);
  return { no: next.visit, running: next.dueAt !== null, from, fromSeq: seq, due: dueOf(entry, null), stretches: [] };
}

function dueOf({ seq, next }: Entry, before: StepVisit['due']): StepVisit['due'] {
  if (next.dueAt === null) return null;
  return next.dueAt === before?.at ? before : { at: next.dueAt, seq };
}

function ended({ running, from, fromSeq, stretches }: Open, { at, seq }: Entry, calendar: number): Stretch[] {
  return [...stretches, { running, from, fromSeq, to: Date.parse(at), toSeq: seq, calendar }];
}

/** The visit that is not over: its last stretch goes on, judged by the calendar the case has now. */
function lasting(open: Open, { entries, calendarVersion, ...present }: CaseHistory): StepVisit {
  const { no, running, from, fromSeq, due } = open;
  const stretch = { running, from, fromSeq, to: null, toSeq: null, calendar: calendarVersion };
  const stated = entries.at(-1)?.visit;
  const { stepNo, budgetMinutes } = stated?.no === no ? stated : present;
  const stretches = [...open.stretches, stretch];
  return { no, stepNo, budgetMinutes: budgetMinutes ?? 0, due, recorded: null, stretches };
}
