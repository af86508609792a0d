/** Writes as the one statement reads them (append.sql.ts): an object for each case, without what is not there. */
import type { CaseChange, CaseWrite, HistoryWrite, NoticeWrite } from './types.js';

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

/** The statement's parameter. `ord` is the place of a write in the list, and names it in the result. */
export function wire(writes: readonly OpeningWrite[]): string {
  return JSON.stringify(
    writes.map(({ write, opening }, ord) => ({ ...caseOf(write, ord), ...(opening && openingOf(opening)) })),
  );
}

/** A field that is absent is null there, and costs nothing on the way. */
function caseOf(write: CaseWrite, ord: number) {
  const { request, payload, number } = write;
  return {
    ord,
    office_id: write.officeId,
    case_id: write.caseId,
    opened_at: write.openedAt,
    expected: write.expectedVersion,
    ...changeOf(write.change),
    ...entryOf(write.last),
    request_key: request?.key,
    request_hash: request?.hashHex,
    salt: payload?.saltHex,
    data: payload?.data,
    ...(write.earlier.length > 0 && { earlier: write.earlier.map((one) => ({ ...entryOf(one), hash: one.hash })) }),
    ...(write.notices.length > 0 && { notices: write.notices.map(noticeOf) }),
    ...(number && {
      tail: write.last.tail,
      number_name: number.name,
      number_year: number.year,
      number_width: number.width,
      letter: number.letter ?? undefined,
    }),
  };
}

function noticeOf({ kind, level, recipientId, text }: NoticeWrite) {
  return { kind, level, recipient_id: recipientId, text_id: text.id, text_en: text.en };
}

function openingOf({ service, machineVersion, machineHash, search }: Opening) {
  return { service, machine_version: machineVersion, machine_hash: machineHash, search };
}

function changeOf(change: CaseChange) {
  return {
    version: change.version,
    step_seq: change.stepSeq,
    visit: change.visit,
    snapshot: change.snapshot,
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
  };
}

function entryOf({ seq, at, event, actorId, visit, level, text }: HistoryWrite) {
  return { seq, at, event, actor_id: actorId, entry_visit: visit, level, text };
}
