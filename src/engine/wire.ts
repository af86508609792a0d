/** A write as the one statement reads it (append.sql.ts, `input`). */
import type { CaseChange, CaseWrite, HistoryWrite, NoticeWrite } from './types.js';

/** What only a new case has. */
export interface Opening {
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  /** What a text search looks through. */
  readonly search: string;
}

export function wire(write: CaseWrite, ord: number, opening: Opening | null = null) {
  const { request, payload, number } = write;
  return {
    ord,
    office_id: write.officeId,
    case_id: write.caseId,
    expected: write.expectedVersion,
    change: changeOf(write.change),
    earlier: write.earlier.map((entry) => ({ ...entryOf(entry), hash: entry.hash })),
    last: entryOf(write.last),
    request_key: request && request.key,
    request_hash: request && request.hashHex,
    salt: payload && payload.saltHex,
    data: payload && payload.data,
    notices: write.notices.map(noticeOf),
    number_name: number && number.name,
    number_year: number && number.year,
    number_width: number && number.width,
    letter: number && number.letter,
    opening: opening && {
      service: opening.service,
      machine_version: opening.machineVersion,
      machine_hash: opening.machineHash,
      search: opening.search,
    },
  };
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

function entryOf({ seq, at, event, actorId, visit, level, text, tail }: HistoryWrite) {
  return { seq, at, event, actor_id: actorId, visit, level, text, tail };
}

function noticeOf({ kind, level, recipientId, text }: NoticeWrite) {
  return { kind, level, recipient_id: recipientId, text_id: text.id, text_en: text.en };
}
