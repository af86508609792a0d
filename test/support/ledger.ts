/**
 * One case kept in memory: what the pure functions decide is applied to a row as the store's statement would. Nothing is
 * replaced; only the database is left out, so that a rule of the clock can be tried at any instant in a millisecond.
 */
import { Registry, type Registered } from '../../machines/registry.js';
import type { Role } from '../../machines/contract.js';
import { caughtUpWrite } from '../../src/engine/catch-up.js';
import { GENESIS, leafHash, sha256Hex } from '../../src/engine/chain.js';
import { decide, type Accepted, type Given } from '../../src/engine/decide.js';
import type { Entry } from '../../src/engine/entry.js';
import { openingOf } from '../../src/engine/opening.js';
import type { Actor, CaseRow, CaseWrite, Directory, NoticeWrite, Refusal } from '../../src/engine/types.js';
import type { StoredEntry } from '../../src/inspection/history.store.js';
import type { Times } from '../../src/engine/visit.js';
import { WorkingTime } from '../../src/sla/calendar.js';
import { defaultCalendar } from '../../src/sla/default-calendar.js';

export const OFFICE = '0f1ce000-0000-4000-8000-000000000001';
export const CASE = 'ca5e0000-0000-4000-8000-000000000001';
export const SALT = '00112233445566778899aabbccddeeff';

export const registered = new Registry().find('kim-member-service') as Registered;
export const { service } = registered;
export const time = new WorkingTime(defaultCalendar());

/** Instant of a local time in Lumajang: `2026-11-24 09:05`. */
export function wib(local: string): number {
  return Date.parse(`${local.replace(' ', 'T')}+07:00`);
}

const LOGINS = { staf: 'staff', kadin: 'kadin', sekdin: 'sekdin', kabid: 'kabid', kasi: 'kasi' } as const;
export type Login = keyof typeof LOGINS;

export function idOf(login: Login): string {
  return `acc00000-0000-4000-8000-00000000000${Object.keys(LOGINS).indexOf(login) + 1}`;
}

export const directory: Directory = {
  officeId: OFFICE,
  calendarVersion: 1,
  holders: Object.entries(LOGINS).map(([login, role]) => ({ role, accountId: idOf(login as Login), login })),
  titles: { staff: 'Staff Administrasi', kadin: 'Kepala Dinas', kabid: 'Kepala Bidang', kasi: 'Kepala Seksi' },
};

export function actor(login: Login, roles: readonly Role[] = [LOGINS[login]]): Actor {
  const grants = roles.map((role) => ({ role, actingFor: null, letterNumber: null }));
  return { accountId: idOf(login), officeId: OFFICE, grants, clientId: null };
}

/** The printed path: who completes each row. */
export const PATH: readonly (readonly [Login, string])[] = [
  ['staf', 'RECEIVE_APPLICANT'],
  ['staf', 'REGISTER_LETTER'],
  ['kadin', 'ISSUE_DISPOSITION'],
  ['staf', 'RECORD_DISPOSITION'],
  ['staf', 'DELIVER_DISPOSITION'],
  ['kabid', 'FOLLOW_UP_DISPOSITION'],
  ['staf', 'COMPLETE_SERVICE'],
  ['staf', 'FILE_DOCUMENTS'],
  ['kasi', 'CONFIRM_ARCHIVE'],
];

export class Ledger {
  row!: CaseRow;
  readonly stored: Omit<StoredEntry, 'actorLogin' | 'actorName' | 'atMs'>[] = [];
  readonly notices: NoticeWrite[] = [];
  private readonly counters = new Map<string, number>();

  /** The calendar of the present visit and the one the office goes by; a test may change the latter. */
  times: Times;

  constructor(openedAt: number, clock: WorkingTime = time) {
    this.times = { visit: clock, current: clock, currentVersion: 1, changedBy: null };
    const opened = openingOf({
      registered,
      actor: actor('staf'),
      applicant: service.applicantExample,
      caseId: CASE,
      at: openedAt,
      time: clock,
      calendarVersion: 1,
      request: null,
      saltHex: SALT,
    });
    if (!opened.ok) throw new Error(`not opened: ${opened.code}`);
    const { write, opening } = opened;
    const fixed = { officeId: OFFICE, id: CASE, caseNo: 'KIM-2026-000123', openedAt, lastHash: GENESIS };
    const { service: name, machineVersion, machineHash } = opening;
    this.apply({ ...fixed, service: name, machineVersion, machineHash, ...write.change }, write);
  }

  /** As the engine loads them: the visit goes by the version its case says. */
  private get loaded(): Times {
    const { times, row } = this;
    return row.calendarVersion === times.currentVersion ? { ...times, visit: times.current } : times;
  }

  get entries(): Entry[] {
    return this.stored.map(({ entry }) => JSON.parse(entry) as Entry);
  }

  get head(): { version: number; lastHash: string } {
    return { version: this.row.version, lastHash: this.row.lastHash };
  }

  /** The decision, not applied. */
  ask(login: Login, event: string, at: number, payload?: object, change: Partial<Given> = {}): Accepted | Refusal {
    const body = payload ?? service.events[event]?.example ?? {};
    const intent = { caseId: CASE, event, payload: body, stepSeq: this.row.stepSeq, key: null };
    return decide({
      registered,
      row: this.row,
      actor: actor(login),
      intent,
      directory,
      times: this.loaded,
      at,
      requestHash: sha256Hex(JSON.stringify(body)),
      saltHex: () => SALT,
      ...change,
    });
  }

  /** Decides and applies; a refusal is an error of the test. */
  act(login: Login, event: string, at: number, payload?: object, change: Partial<Given> = {}): Accepted {
    const decided = this.ask(login, event, at, payload, change);
    if (!decided.ok) throw new Error(`${event} in ${this.row.state} was refused: ${JSON.stringify(decided)}`);
    this.apply(this.row, decided.write);
    return decided;
  }

  /** What the drain would write for this case at `at`. */
  sweep(at: number): CaseWrite | null {
    const write = caughtUpWrite(registered, this.row, directory, this.loaded, at);
    if (write) this.apply(this.row, write);
    return write;
  }

  /** Along the printed path until `state`, all at one instant. */
  driveTo(state: string, at: number): this {
    for (const [login, event] of PATH) {
      if (this.row.state === state) break;
      this.act(login, event, at);
    }
    return this;
  }

  private apply(row: CaseRow | Omit<CaseRow, never>, { earlier, last, change, payload, notices, number }: CaseWrite) {
    for (const { seq, text, hash } of earlier)
      this.stored.push({ seq, entry: text, hash, payload: null, saltHex: null });
    const entry = last.text + (number ? this.next(number.name, number.year, number.width) : '') + last.tail;
    const hash = leafHash(entry);
    const apart = { payload: payload?.data ?? null, saltHex: payload?.saltHex ?? null };
    this.stored.push({ seq: last.seq, entry, hash, ...apart });
    this.notices.push(...notices);
    this.row = { ...row, ...change, lastHash: hash };
  }

  private next(name: string, year: number, width: number): string {
    const taken = (this.counters.get(`${name}/${year}`) ?? 0) + 1;
    this.counters.set(`${name}/${year}`, taken);
    const digits = String(taken).padStart(width, '0');
    return name === service.casePrefix ? `${name}-${year}-${digits}` : digits;
  }
}
