/**
 * An open step visit moved over to a changed calendar: its due time and its next alarm are worked out anew, as an entry of
 * its own. What has been told stays told, what has been judged stays judged. Pure.
 */
import { ladderOf } from '../../machines/ladder.js';
import type { Registered } from '../../machines/registry.js';
import { leafHash } from './chain.js';
import { entryText, iso, machineOf, visitOf, type Entry } from './entry.js';
import type { CaseRow, HistoryWrite } from './types.js';
import { budgetMs, running, usedMs, type Times } from './visit.js';

export const CALENDAR_CHANGED = 'CALENDAR_CHANGED';

interface Moved {
  readonly row: CaseRow;
  readonly entry: HistoryWrite & { readonly hash: string };
}

/** Null where the case is closed or already goes by this version or a later one. */
export function recalendar(given: Registered, row: CaseRow, times: Times, at: number): Moved | null {
  if (row.closedAt !== null || row.calendarVersion >= times.currentVersion) return null;
  const moved = {
    ...row,
    ...clockBy(given, row, times),
    calendarVersion: times.currentVersion,
    version: row.version + 1,
    lastAt: at,
  };
  const entry = entryOf(given, row, moved, times, at);
  const { text, tail } = entryText(entry, null);
  const hash = leafHash(text);
  const { seq, event } = entry;
  return {
    row: { ...moved, lastHash: hash },
    entry: { seq, at, event, actorId: null, visit: row.visit, level: null, text, tail, hash },
  };
}

/** The stretch that runs is judged anew as a whole; stretches that a pause has ended keep what they used. */
function clockBy({ service }: Registered, row: CaseRow, { current }: Times) {
  if (row.clockStartedAt === null) return {};
  const clock = { startedAt: row.clockStartedAt, usedMs: row.usedMs, budgetMs: budgetMs(row, current) };
  const ahead = running(current, clock, row.budgetMinutes ?? 0, row.firedLevel, ladderOf(service));
  // A breach of an earlier stretch is over and done with.
  const { dueAt, breachAt } = row.usedMs > clock.budgetMs ? row : ahead;
  return { ...ahead, dueAt, breachAt };
}

function entryOf(given: Registered, before: CaseRow, after: CaseRow, times: Times, at: number): Entry {
  const isoOrNull = (instant: number | null) => (instant === null ? null : iso(instant));
  return {
    v: 1,
    office: before.officeId,
    case: before.id,
    seq: after.version,
    prev: before.lastHash,
    at: iso(at),
    machine: machineOf(given),
    event: CALENDAR_CHANGED,
    outsideSop: false,
    actor: null,
    from: before.state,
    to: before.state,
    stepSeq: before.stepSeq,
    visit: visitOf(after, usedMs(after, times.current, at), budgetMs(after, times.current), false),
    next: { visit: before.visit, dueAt: isoOrNull(after.dueAt) },
    facts: {
      calendarFrom: before.calendarVersion,
      calendarTo: times.currentVersion,
      oldDueAt: isoOrNull(before.dueAt),
      newDueAt: isoOrNull(after.dueAt),
      by: times.changedBy,
    },
    commitment: null,
  };
}
