/** Levels of the ladder that are due by an instant, as history entries with their notices. Pure. */
import type { LadderLevel } from '../../machines/contract.js';
import { ladderOf } from '../../machines/ladder.js';
import { stepMetaOf } from '../../machines/shape.js';
import type { Registered } from '../../machines/registry.js';
import { noticesFor } from '../notices/bell.js';
import { LEVEL_EVENTS, levelInstant, nextLevel } from '../sla/ladder.js';
import type { WorkingTime } from '../sla/calendar.js';
import { leafHash } from './chain.js';
import { entryText, iso, machineOf, visitOf, type Entry } from './entry.js';
import { leafOf, restore } from './snapshot.js';
import type { CaseRow, Directory, HistoryWrite, NoticeWrite } from './types.js';
import { budgetMs, usedMs } from './visit.js';

interface Fired {
  /** The case after its alarms: chain, version and ladder have moved, state and step have not. */
  readonly row: CaseRow;
  readonly entries: readonly (HistoryWrite & { hash: string; lateMs: number })[];
  readonly notices: readonly NoticeWrite[];
}

/** Everything the clock has to say about this case by `at`; nothing when no level is due. */
export function fire(given: Registered, row: CaseRow, directory: Directory, time: WorkingTime, at: number): Fired {
  let now = row;
  const entries: (HistoryWrite & { hash: string; lateMs: number })[] = [];
  const notices: NoticeWrite[] = [];
  while (now.nextAlarmAt !== null && now.nextAlarmAt < at) {
    const level = nextLevel(ladderOf(given.service), now.budgetMinutes ?? 0, now.firedLevel);
    if (level === null) break;
    const told = tell(given, now, level, directory, time, at);
    const entry = record(given, now, level, told, time, at);
    entries.push({ ...entry, lateMs: at - now.nextAlarmAt });
    notices.push(...told);
    now = climbed(given, now, level, entry, time, at);
  }
  return { row: now, entries, notices };
}

function tell(
  { service }: Registered,
  row: CaseRow,
  level: LadderLevel,
  directory: Directory,
  time: WorkingTime,
  at: number,
): NoticeWrite[] {
  const step = stepMetaOf(leafOf(restore(service, row.snapshot)));
  if (!step || row.deskRole === null) return [];
  const late = {
    caseNo: row.caseNo,
    stepNo: step.no,
    stepLabel: step.label,
    minutes: step.minutes,
    visitStartedAt: row.visitStartedAt,
    accountableRole: row.deskRole,
    accountableId: row.deskAccount,
    superiors: ladderOf(service).superiors[row.deskRole] ?? [],
  };
  return noticesFor(level, late, directory, time, at);
}

function record(
  given: Registered,
  row: CaseRow,
  level: LadderLevel,
  told: readonly NoticeWrite[],
  time: WorkingTime,
  at: number,
): HistoryWrite & { hash: string } {
  const entry: Entry = {
    v: 1,
    office: row.officeId,
    case: row.id,
    seq: row.version + 1,
    prev: row.lastHash,
    at: iso(at),
    machine: machineOf(given),
    event: LEVEL_EVENTS[level.kind],
    outsideSop: false,
    actor: null,
    from: row.state,
    to: row.state,
    stepSeq: row.stepSeq,
    visit: visitOf(row, usedMs(row, time, at), budgetMs(row, time), false),
    next: { visit: row.visit, dueAt: row.dueAt === null ? null : iso(row.dueAt) },
    facts: {
      level: level.percent,
      dueSince: iso(row.nextAlarmAt ?? at),
      told: told.map(({ recipientId }) => recipientId),
    },
    commitment: null,
  };
  const { text, tail } = entryText(entry, null);
  return {
    seq: entry.seq,
    at,
    event: entry.event,
    actorId: null,
    visit: row.visit,
    level: level.percent,
    text,
    tail,
    hash: leafHash(text),
  };
}

function climbed(
  { service }: Registered,
  row: CaseRow,
  { percent }: LadderLevel,
  entry: { hash: string },
  time: WorkingTime,
  at: number,
): CaseRow {
  const next = nextLevel(ladderOf(service), row.budgetMinutes ?? 0, percent);
  const clock = { startedAt: row.clockStartedAt ?? at, usedMs: row.usedMs, budgetMs: budgetMs(row, time) };
  return {
    ...row,
    version: row.version + 1,
    lastHash: entry.hash,
    lastAt: at,
    firedLevel: percent,
    nextAlarmAt: next && levelInstant(time, clock, next.percent),
  };
}
