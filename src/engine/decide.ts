/** One act on one case: from what is stored and what is asked, to what is written. Pure; the machine decides. */
import type { AnyMachineSnapshot } from 'xstate';
import { ladderOf } from '../../machines/ladder.js';
import type { Registered } from '../../machines/registry.js';
import { copyNotices } from '../notices/bell.js';
import type { WorkingTime } from '../sla/calendar.js';
import { catchUp } from './catch-up.js';
import { commitment } from './chain.js';
import { entryActor, entryText, iso, machineOf, visitOf, type Entry } from './entry.js';
import { judge, type Judged } from './judge.js';
import { follow, restore, store } from './snapshot.js';
import type {
  Actor,
  CaseRow,
  CaseWrite,
  Directory,
  Intent,
  NumberWanted,
  PrivateText,
  Refusal,
  Role,
} from './types.js';
import { budgetMs, move, standing, usedMs, type Move, type Standing, type Times } from './visit.js';

export interface Given {
  readonly registered: Registered;
  readonly row: CaseRow;
  readonly actor: Actor;
  readonly intent: Intent;
  readonly directory: Directory;
  readonly times: Times;
  /** The database's time, never before the case's last entry. */
  readonly at: number;
  readonly requestHash: string;
  /** A fresh random salt for the commitment to what stays out of history; asked for only where something does. */
  readonly saltHex: () => string;
}

export interface Accepted {
  readonly ok: true;
  readonly write: CaseWrite;
  /** What is written into history, before a number is put in. */
  readonly entry: Entry;
  readonly snapshot: AnyMachineSnapshot;
  /** How late each alarm fired that had to be caught up with before this act. */
  readonly lateMs: readonly number[];
}

export function decide(given: Given): Accepted | Refusal {
  const { registered, row, actor, intent, directory } = given;
  const { service } = registered;
  const snapshot = restore(service, row.snapshot);
  const roles = actor.grants.map(({ role }) => role).filter((role) => intent.as?.includes(role) ?? true);
  const judged = judge({
    service,
    snapshot,
    actor: { id: actor.accountId, roles },
    event: intent.event,
    payload: intent.payload,
    directory,
    ...(intent.file ? { extraFacts: { file: intent.file } } : {}),
  });
  const stale = checkStep(row, intent, judged, service.events[intent.event]?.movesCase ?? true);
  if (stale) return stale;
  if (!judged.ok) return judged;
  return accept(given, judged, follow(service, snapshot, judged.machineEvent));
}

/** A stale view comes before whatever the present state refuses: the caller must look again before anything else can be said. */
function checkStep(row: CaseRow, { stepSeq }: Intent, judged: Judged | Refusal, moves: boolean): Refusal | null {
  if (!judged.ok && !judged.ofState) return null;
  if (stepSeq !== null && stepSeq !== row.stepSeq) {
    return { ok: false, code: 'STALE_CASE', params: { stepSeq: row.stepSeq, state: row.state } };
  }
  if (stepSeq === null && moves) return { ok: false, code: 'IF_MATCH_REQUIRED', params: { stepSeq: row.stepSeq } };
  return null;
}

function accept(asked: Given, judged: Judged, snapshot: AnyMachineSnapshot): Accepted {
  const { registered, actor, intent, directory, at } = asked;
  const fired = catchUp(registered, asked.row, directory, asked.times, at);
  const { row } = fired;
  const { current } = asked.times;
  const to = standing(registered.service, snapshot);
  const moved = move(row, to, timesFrom(asked.times, fired.time), at, ladderOf(registered.service));
  const payload = privateText(judged.personal, asked.saltHex);
  const number = numberWanted(judged, current, at);
  const bound = payload && commitment(payload.saltHex, payload.data);
  const entry = entryOf(asked, row, fired.time, judged, to, moved, bound);
  const { text, tail } = entryText(entry, number);
  const { clock } = moved;
  const write: CaseWrite = {
    officeId: row.officeId,
    caseId: row.id,
    openedAt: row.openedAt,
    expectedVersion: asked.row.version,
    // Written out, here and below: a spread is slow in so hot a place.
    change: {
      version: entry.seq,
      stepSeq: entry.stepSeq,
      visit: moved.visit,
      snapshot: store(registered.service, snapshot),
      state: to.state,
      stepNo: to.stepNo ?? row.stepNo,
      deskRole: to.deskRole,
      deskAccount: to.deskAccount,
      lastAt: at,
      closedAt: to.closed ? at : null,
      calendarVersion: clock.calendarVersion,
      visitStartedAt: clock.visitStartedAt,
      budgetMinutes: clock.budgetMinutes,
      usedMs: clock.usedMs,
      clockStartedAt: clock.clockStartedAt,
      dueAt: clock.dueAt,
      breachAt: clock.breachAt,
      nextAlarmAt: clock.nextAlarmAt,
      firedLevel: clock.firedLevel,
    },
    earlier: fired.entries,
    last: {
      seq: entry.seq,
      at,
      event: entry.event,
      actorId: actor.accountId,
      visit: row.visit,
      level: null,
      text,
      tail,
    },
    request: intent.key === null ? null : { key: intent.key, hashHex: asked.requestHash },
    payload,
    notices: [...fired.notices, ...copies(judged, row.caseNo, directory)],
    number,
  };
  return { ok: true, write, entry, snapshot, lateMs: fired.lateMs };
}

/** The calendar the visit goes by once the clock has caught up. */
function timesFrom(times: Times, visit: WorkingTime): Times {
  return visit === times.visit ? times : { ...times, visit };
}

function entryOf(
  { registered, actor, intent, at }: Given,
  row: CaseRow,
  time: WorkingTime,
  { spec, role, facts }: Judged,
  to: Standing,
  { clock, visit, leaves }: Move,
  payloadCommitment: string | null,
): Entry {
  return {
    v: 1,
    office: row.officeId,
    case: row.id,
    seq: row.version + 1,
    prev: row.lastHash,
    at: iso(at),
    machine: machineOf(registered),
    event: intent.event,
    outsideSop: spec.outsideSop,
    actor: entryActor(actor, role),
    from: row.state,
    to: to.state,
    stepSeq: row.stepSeq + (spec.movesCase ? 1 : 0),
    visit: visitOf(row, usedMs(row, time, at), budgetMs(row, time), leaves),
    next: { visit, dueAt: clock.dueAt === null ? null : iso(clock.dueAt) },
    facts,
    commitment: payloadCommitment,
  };
}

function privateText(personal: Readonly<Record<string, unknown>>, saltHex: () => string): PrivateText | null {
  return Object.keys(personal).length === 0 ? null : { saltHex: saltHex(), data: JSON.stringify(personal) };
}

function numberWanted({ spec, facts, personal }: Judged, current: WorkingTime, at: number): NumberWanted | null {
  if (!spec.book) return null;
  // The agenda book holds what is written in it; a remark on the act belongs to the act.
  const { note: _note, ...written } = personal;
  const letter = { ...(facts.letter as object), ...written };
  return { name: spec.book, year: Number(current.dateOf(at).slice(0, 4)), width: 1, letter };
}

function copies({ spec, facts }: Judged, caseNo: string, directory: Directory) {
  const named = facts.named as { id: string } | undefined;
  if (!spec.names || !named) return [];
  const { copyTo = [] } = facts[spec.names] as { copyTo?: Role[] };
  return copyNotices(copyTo, named.id, caseNo, directory);
}
