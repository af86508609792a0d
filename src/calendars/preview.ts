/** What a change of the calendar would do to open cases: the very reckoning that the change itself makes. Pure. */
import type { Registered } from '../../machines/registry.js';
import { recalendar } from '../engine/recalendar.js';
import type { Times } from '../engine/visit.js';
import type { OpenCase } from './calendars.store.js';

export interface MovedCase {
  readonly id: string;
  readonly caseNo: string;
  readonly stepNo: number | null;
  readonly oldDueAt: string | null;
  readonly newDueAt: string | null;
}

export interface Preview {
  readonly openCases: number;
  readonly paused: number;
  readonly dueLater: number;
  readonly dueEarlier: number;
  readonly dueUnchanged: number;
  /** Cases that would be late at once, and are not now. */
  readonly lateAtOnce: number;
  /** Late cases that would not be late any more; what has been told of them stays told. */
  readonly lateNoMore: number;
  /** The first cases whose due time moves. */
  readonly examples: readonly MovedCase[];
  /** True where there are more open cases than were looked at. */
  readonly capped: boolean;
}

const EXAMPLES = 20;

export const NO_CASES: Preview = {
  openCases: 0,
  paused: 0,
  dueLater: 0,
  dueEarlier: 0,
  dueUnchanged: 0,
  lateAtOnce: 0,
  lateNoMore: 0,
  examples: [],
  capped: false,
};

/** One case more. */
export function counted(so: Preview, registered: Registered, row: OpenCase, times: Times): Preview {
  const openCases = so.openCases + 1;
  const moved = recalendar(registered, row, times, Math.max(Math.floor(row.now), row.lastAt));
  if (!moved || row.dueAt === null || moved.row.dueAt === null) return { ...so, openCases, paused: so.paused + 1 };
  const by = moved.row.dueAt - row.dueAt;
  const wasLate = row.breachAt !== null && row.breachAt < row.now;
  const isLate = moved.row.breachAt !== null && moved.row.breachAt < row.now;
  const example = {
    id: row.id,
    caseNo: row.caseNo,
    stepNo: row.stepNo,
    oldDueAt: iso(row.dueAt),
    newDueAt: iso(moved.row.dueAt),
  };
  return {
    ...so,
    openCases,
    dueLater: so.dueLater + (by > 0 ? 1 : 0),
    dueEarlier: so.dueEarlier + (by < 0 ? 1 : 0),
    dueUnchanged: so.dueUnchanged + (by === 0 ? 1 : 0),
    lateAtOnce: so.lateAtOnce + (isLate && !wasLate ? 1 : 0),
    lateNoMore: so.lateNoMore + (wasLate && !isLate ? 1 : 0),
    examples: by !== 0 && so.examples.length < EXAMPLES ? [...so.examples, example] : so.examples,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
