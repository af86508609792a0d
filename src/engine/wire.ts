/** Writes as the one statement reads them (append.sql.ts): an object for each case, without what is not there, and its texts. */
import type { CaseWrite, NoticeWrite } from './types.js';

/** What only a new case has. */
export interface Opening {
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  /** What a text search looks through. */
  readonly search: string;
}

export interface OpeningWrite {
  readonly write: CaseWrite;
  readonly opening: Opening | null;
}

/**
 * Between texts that are JSON themselves: their own control characters are always escaped. Sent side by side they need not
 * be quoted, which as fields of the objects would cost both sides as much again.
 */
const APART = '\x1e';

/** The statement's parameters. `ord` is the place of a write in all four lists, and names it in the result. */
export function wire(writes: readonly OpeningWrite[]): readonly string[] {
  return [
    JSON.stringify(writes.map(rowOf)),
    sideBySide(writes.map(({ write }) => write.last.text)),
    sideBySide(writes.map(({ write }) => write.change.snapshot)),
    sideBySide(writes.map(({ write }) => write.payload?.data ?? '')),
  ];
}

/** A snapshot that somebody broke in the database must not put its neighbours out of step. */
function sideBySide(texts: readonly string[]): string {
  if (texts.some((text) => text.includes(APART)))
    throw new Error('A text with a control character is no JSON of ours.');
  return texts.join(APART);
}

/** Nothing of any of these: a field that is undefined is null there, and costs nothing on the way. */
const NONE: Partial<
  NonNullable<CaseWrite['request']> & NonNullable<CaseWrite['payload']> & NonNullable<CaseWrite['number']> & Opening
> = {};

/** Written out: a spread is slow in so hot a place. */
function rowOf({ write, opening: opened }: OpeningWrite, ord: number) {
  const { change, last, earlier, notices } = write;
  const request = write.request ?? NONE;
  const payload = write.payload ?? NONE;
  const number = write.number ?? NONE;
  const opening = opened ?? NONE;
  return {
    ord,
    office_id: write.officeId,
    case_id: write.caseId,
    opened_at: write.openedAt,
    expected: write.expectedVersion,
    version: change.version,
    step_seq: change.stepSeq,
    visit: change.visit,
    state: change.state,
    step_no: change.stepNo,
    desk_role: change.deskRole,
    desk_account: change.deskAccount,
    last_at: change.lastAt,
    closed_at: change.closedAt,
    calendar_version: change.calendarVersion,
    visit_started_at: change.visitStartedAt,
    budget_minutes: change.budgetMinutes,
    used_ms: change.usedMs,
    clock_started_at: change.clockStartedAt,
    due_at: change.dueAt,
    breach_at: change.breachAt,
    next_alarm_at: change.nextAlarmAt,
    fired_level: change.firedLevel,
    seq: last.seq,
    at: last.at,
    event: last.event,
    actor_id: last.actorId,
    entry_visit: last.visit,
    level: last.level,
    request_key: request.key,
    request_hash: request.hashHex,
    salt: payload.saltHex,
    earlier: earlier.length > 0 ? earlier.map(earlierOf) : undefined,
    notices: notices.length > 0 ? notices.map(noticeOf) : undefined,
    tail: last.tail,
    number_name: number.name,
    number_year: number.year,
    number_width: number.width,
    letter: number.letter,
    service: opening.service,
    machine_version: opening.machineVersion,
    machine_hash: opening.machineHash,
    search: opening.search,
  };
}

function noticeOf({ kind, level, recipientId, text }: NoticeWrite) {
  return { kind, level, recipient_id: recipientId, text_id: text.id, text_en: text.en };
}

function earlierOf({ seq, at, event, actorId, visit, level, text, hash }: CaseWrite['earlier'][number]) {
  return { seq, at, event, actor_id: actorId, entry_visit: visit, level, text, hash };
}
