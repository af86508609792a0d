/**
 * One case along the printed path, decided by the machine itself, with places left open where cases differ: `{case}`,
 * `{at}`, `{due}`, `{prev}`, `{number}`, `{commitment}`.
 */
import type { Registered } from '../machines/registry.js';
import { GENESIS } from '../src/engine/chain.js';
import { decide } from '../src/engine/decide.js';
import { openingOf } from '../src/engine/opening.js';
import type { Actor, CaseChange, CaseRow, CaseWrite, Directory, Role } from '../src/engine/types.js';
import type { WorkingTime } from '../src/sla/calendar.js';

export interface TemplateStep {
  readonly seq: number;
  readonly event: string;
  readonly actorId: string | null;
  readonly visit: number;
  /** The entry's text with open places. */
  readonly text: string;
  readonly numberName: string | null;
  readonly letter: Readonly<Record<string, unknown>> | null;
  readonly salt: string | null;
  readonly data: string | null;
  /** Milliseconds from the act to its step's due time. */
  readonly dueAfterMs: number;
  /** From the due time to the breach, and to the next alarm. */
  readonly breachAfterMs: number;
  readonly alarmAfterMs: number;
  readonly change: CaseChange;
}

const CASE = '11111111-1111-7111-8111-111111111111';
const SALT = '00112233445566778899aabbccddeeff';
const HASH = 'f'.repeat(64);
/** Up to the last box but one: every case of the template is still open. */
const PATH: readonly (readonly [Role, string])[] = [
  ['staff', 'RECEIVE_APPLICANT'],
  ['staff', 'REGISTER_LETTER'],
  ['kadin', 'ISSUE_DISPOSITION'],
  ['staff', 'RECORD_DISPOSITION'],
  ['staff', 'DELIVER_DISPOSITION'],
  ['kabid', 'FOLLOW_UP_DISPOSITION'],
  ['staff', 'COMPLETE_SERVICE'],
  ['staff', 'FILE_DOCUMENTS'],
];
/** A Monday morning: the path stays within one working day. */
const BEGUN = Date.parse('2026-11-23T02:00:00Z');
const STEP_MS = 60_000;

export interface Office {
  readonly registered: Registered;
  readonly directory: Directory;
  readonly time: WorkingTime;
}

export function template({ registered, directory, time }: Office): TemplateStep[] {
  const { service } = registered;
  const { officeId, calendarVersion } = directory;
  const holder = (role: Role): Actor => {
    const accountId = directory.holders.find((one) => one.role === role)?.accountId;
    if (!accountId) throw new Error(`Nobody holds ${role} in this office.`);
    return { accountId, officeId, clientId: null, grants: [{ role, actingFor: null, letterNumber: null }] };
  };
  const opened = openingOf({
    registered,
    actor: holder('staff'),
    applicant: service.applicantExample,
    caseId: CASE,
    at: BEGUN,
    time,
    calendarVersion,
    request: null,
    saltHex: SALT,
  });
  if (!opened.ok) throw new Error(`The case was not opened: ${opened.code}`);
  const { service: name, machineVersion, machineHash } = opened.opening;
  const fixed = { officeId, id: CASE, caseNo: '{number}', openedAt: BEGUN, lastHash: HASH };
  let row: CaseRow = { ...fixed, service: name, machineVersion, machineHash, ...opened.write.change };
  const steps = [stepOf(opened.write, opened.entry.commitment)];
  for (const [index, [role, event]] of PATH.entries()) {
    const payload = service.events[event]?.example ?? {};
    const decided = decide({
      registered,
      row,
      actor: holder(role),
      intent: { caseId: CASE, event, payload, stepSeq: row.stepSeq, key: null },
      directory,
      times: { visit: time, current: time, currentVersion: calendarVersion, changedBy: null },
      at: BEGUN + (index + 1) * STEP_MS,
      requestHash: '',
      saltHex: () => SALT,
    });
    if (!decided.ok) throw new Error(`${event} was refused: ${decided.code}`);
    steps.push(stepOf(decided.write, null));
    row = { ...row, ...decided.write.change, lastHash: HASH };
  }
  return steps;
}

function stepOf({ last, change, payload, number }: CaseWrite, commitment: string | null): TemplateStep {
  const iso = (at: number) => new Date(at).toISOString();
  const { dueAt, breachAt, nextAlarmAt } = change;
  if (dueAt === null || breachAt === null || nextAlarmAt === null)
    throw new Error(`No clock runs after ${last.event}.`);
  let text = (number ? `${last.text}{number}${last.tail}` : last.text)
    .replace(`"at":"${iso(last.at)}"`, '"at":"{at}"')
    .replace(`"dueAt":"${iso(dueAt)}"`, '"dueAt":"{due}"')
    .replace(`"prev":"${last.seq === 1 ? GENESIS : HASH}"`, '"prev":"{prev}"')
    .replaceAll(CASE, '{case}');
  if (commitment !== null) text = text.replace(commitment, '{commitment}');
  return {
    seq: last.seq,
    event: last.event,
    actorId: last.actorId,
    visit: last.visit,
    text,
    numberName: number?.name ?? null,
    letter: number?.letter ?? null,
    ...(last.seq > 1 && payload ? { salt: payload.saltHex, data: payload.data } : { salt: null, data: null }),
    dueAfterMs: dueAt - last.at,
    breachAfterMs: breachAt - dueAt,
    alarmAfterMs: nextAlarmAt - dueAt,
    change,
  };
}
