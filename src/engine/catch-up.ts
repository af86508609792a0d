/** What the clock has to say about a case before anything else happens to it: a changed calendar, then alarms due. Pure. */
import type { Registered } from '../../machines/registry.js';
import type { WorkingTime } from '../sla/calendar.js';
import { fire } from './alarms.js';
import { recalendar } from './recalendar.js';
import type { CaseRow, CaseWrite, Directory, HistoryWrite, NoticeWrite } from './types.js';
import type { Times } from './visit.js';

interface CaughtUp {
  readonly row: CaseRow;
  readonly entries: readonly (HistoryWrite & { readonly hash: string })[];
  readonly notices: readonly NoticeWrite[];
  /** How late each alarm is. */
  readonly lateMs: readonly number[];
  /** The calendar the visit goes by from here on. */
  readonly time: WorkingTime;
}

/** The calendar first: nobody is told of a due time that is none any more. */
export function catchUp(given: Registered, row: CaseRow, directory: Directory, times: Times, at: number): CaughtUp {
  const moved = recalendar(given, row, times, at);
  const time = moved ? times.current : times.visit;
  const fired = fire(given, moved?.row ?? row, directory, time, at);
  return {
    row: fired.row,
    entries: [...(moved ? [moved.entry] : []), ...fired.entries],
    notices: fired.notices,
    lateMs: fired.entries.map(({ lateMs }) => lateMs),
    time,
  };
}

/** What a drain writes for one case, or null where the clock has nothing to say after all. */
export function caughtUpWrite(
  given: Registered,
  row: CaseRow,
  directory: Directory,
  times: Times,
  at: number,
): (CaseWrite & { lateMs: readonly number[] }) | null {
  const { row: change, entries, notices, lateMs } = catchUp(given, row, directory, times, at);
  const last = entries.at(-1);
  if (!last) return null;
  return {
    officeId: row.officeId,
    caseId: row.id,
    openedAt: row.openedAt,
    expectedVersion: row.version,
    change,
    earlier: entries.slice(0, -1),
    last,
    request: null,
    payload: null,
    notices,
    number: null,
    lateMs,
  };
}
