/**
 * What the one statement is told of each case, but for its texts: a field's name and type there, and its value here. One
 * list for both sides, since they travel without their names (wire.ts).
 */
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
  /** Who takes part in the case from here on, as far as this process knows; to name somebody again does no harm. */
  readonly newcomers: readonly string[];
}

type Value = string | number | null | undefined;

type Field = readonly [name: string, type: string, of: (item: OpeningWrite) => Value];

const ofWrite = (name: string, type: string, of: (write: CaseWrite) => Value): Field => [
  name,
  type,
  ({ write }) => of(write),
];
const ofCase = (name: string, type: string, of: (change: CaseChange) => Value): Field => [
  name,
  type,
  ({ write }) => of(write.change),
];
const ofEntry = (name: string, type: string, of: (entry: HistoryWrite) => Value): Field => [
  name,
  type,
  ({ write }) => of(write.last),
];
const ofOpening = (name: string, type: string, of: (opening: Opening) => Value): Field => [
  name,
  type,
  ({ opening }) => opening && of(opening),
];

/** What is empty here is null there, an empty list too. What people wrote is JSON, whose control characters are escaped. */
export const FIELDS: readonly Field[] = [
  ofWrite('office_id', 'uuid', ({ officeId }) => officeId),
  ofWrite('case_id', 'uuid', ({ caseId }) => caseId),
  ofWrite('expected', 'int', ({ expectedVersion }) => expectedVersion),
  ofWrite('opened_at', 'float8', ({ openedAt }) => openedAt),
  ofEntry('seq', 'int', ({ seq }) => seq),
  ofEntry('at', 'float8', ({ at }) => at),
  ofEntry('event', 'text', ({ event }) => event),
  ofEntry('actor_id', 'uuid', ({ actorId }) => actorId),
  ofEntry('entry_visit', 'int', ({ visit }) => visit),
  ofEntry('level', 'smallint', ({ level }) => level),
  ofEntry('tail', 'text', ({ tail }) => tail),
  ofWrite('request_key', 'text', ({ request }) => request?.key),
  ofWrite('request_hash', 'text', ({ request }) => request?.hashHex),
  ofWrite('salt', 'text', ({ payload }) => payload?.saltHex),
  ofWrite('earlier', 'json', ({ earlier }) => listed(earlier, earlierOf)),
  ofWrite('notices', 'json', ({ notices }) => listed(notices, noticeOf)),
  ['newcomers', 'uuid[]', ({ newcomers }) => (newcomers.length > 0 ? `{${newcomers.join(',')}}` : null)],
  ofWrite('number_name', 'text', ({ number }) => number?.name),
  ofWrite('number_year', 'int', ({ number }) => number?.year),
  ofWrite('number_width', 'int', ({ number }) => number?.width),
  ofWrite('letter', 'jsonb', ({ number }) => number?.letter && JSON.stringify(number.letter)),
  ofCase('version', 'int', ({ version }) => version),
  ofCase('step_seq', 'int', ({ stepSeq }) => stepSeq),
  ofCase('visit', 'int', ({ visit }) => visit),
  ofCase('state', 'text', ({ state }) => state),
  ofCase('step_no', 'smallint', ({ stepNo }) => stepNo),
  ofCase('desk_role', 'text', ({ deskRole }) => deskRole),
  ofCase('desk_account', 'uuid', ({ deskAccount }) => deskAccount),
  ofCase('last_at', 'float8', ({ lastAt }) => lastAt),
  ofCase('closed_at', 'float8', ({ closedAt }) => closedAt),
  ofCase('calendar_version', 'int', ({ calendarVersion }) => calendarVersion),
  ofCase('visit_started_at', 'float8', ({ visitStartedAt }) => visitStartedAt),
  ofCase('budget_minutes', 'int', ({ budgetMinutes }) => budgetMinutes),
  ofCase('used_ms', 'bigint', ({ usedMs }) => usedMs),
  ofCase('clock_started_at', 'float8', ({ clockStartedAt }) => clockStartedAt),
  ofCase('due_at', 'float8', ({ dueAt }) => dueAt),
  ofCase('breach_at', 'float8', ({ breachAt }) => breachAt),
  ofCase('next_alarm_at', 'float8', ({ nextAlarmAt }) => nextAlarmAt),
  ofCase('fired_level', 'smallint', ({ firedLevel }) => firedLevel),
  ofOpening('service', 'text', ({ service }) => service),
  ofOpening('machine_version', 'int', ({ machineVersion }) => machineVersion),
  ofOpening('machine_hash', 'text', ({ machineHash }) => machineHash),
  ofOpening('search', 'json', ({ search }) => JSON.stringify(search)),
];

function listed<T>(items: readonly T[], of: (item: T) => object): string | null {
  return items.length > 0 ? JSON.stringify(items.map(of)) : null;
}

function noticeOf({ kind, level, recipientId, text }: NoticeWrite) {
  return { kind, level, recipient_id: recipientId, text_id: text.id, text_en: text.en };
}

function earlierOf({ seq, at, event, actorId, visit, level, text, hash }: CaseWrite['earlier'][number]) {
  return { seq, at, event, actor_id: actorId, entry_visit: visit, level, text, hash };
}
