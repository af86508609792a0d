/** Writes as the one statement reads them (append.sql.ts): flat objects, and two lists that are almost always empty. */
import type { CaseChange, CaseWrite, HistoryWrite } from './types.js';

/** What only a new case has. */
export interface Opening {
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  /** What a text search looks through. */
  readonly search: string;
}

interface OpeningWrite {
  readonly write: CaseWrite;
  readonly opening: Opening | null;
}

/** The statement's three parameters. `ord` is the place of a write in the list, and names it in the result. */
export function wire(writes: readonly OpeningWrite[]): [cases: string, earlier: string, notices: string] {
  const cases = writes.map(({ write, opening }, ord) => ({
    ...caseOf(write, ord),
    ...(opening && openingOf(opening)),
  }));
  const earlier = writes.flatMap(({ write }, ord) =>
    write.earlier.map((entry) => ({ ord, hash: entry.hash, ...entryOf(entry) })),
  );
  const notices = writes.flatMap(({ write }, ord) =>
    write.notices.map(({ kind, level, recipientId, text }) => ({
      ord,
      kind,
      level,
      recipient_id: recipientId,
      text_id: text.id,
      text_en: text.en,
    })),
  );
  return [JSON.stringify(cases), JSON.stringify(earlier), JSON.stringify(notices)];
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
    ...(number && {
      tail: write.last.tail,
      number_name: number.name,
      number_year: number.year,
      number_width: number.width,
      letter: number.letter ?? undefined,
    }),
  };
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
