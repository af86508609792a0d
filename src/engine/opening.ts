/** The first entry of a case: machine at its initial state, first step's clock running, applicant kept apart. Pure. */
import type { AnyMachineSnapshot } from 'xstate';
import { ladderOf } from '../../machines/ladder.js';
import type { Registered } from '../../machines/registry.js';
import type { WorkingTime } from '../sla/calendar.js';
import { commitment, GENESIS } from './chain.js';
import { entryActor, entryText, iso, machineOf, type Entry, type EntryActor } from './entry.js';
import { freshSnapshot, store } from './snapshot.js';
import type { Actor, CaseWrite, NumberWanted, Refusal } from './types.js';
import { newVisit, standing, type Standing } from './visit.js';
import type { Opening } from './append.fields.js';

interface OpeningGiven {
  readonly registered: Registered;
  readonly actor: Actor;
  readonly applicant: unknown;
  readonly caseId: string;
  readonly at: number;
  readonly time: WorkingTime;
  readonly calendarVersion: number;
  readonly request: CaseWrite['request'];
  readonly saltHex: string;
}

export interface Opened {
  readonly ok: true;
  readonly write: CaseWrite;
  readonly opening: Opening;
  readonly entry: Entry;
  readonly snapshot: AnyMachineSnapshot;
}

export function openingOf(given: OpeningGiven): Opened | Refusal {
  const { registered, actor, at, time } = given;
  const { service, hash } = registered;
  const held = actor.grants.map(({ role }) => role);
  const role = service.opens.find((one) => held.includes(one));
  if (!role) return { ok: false, code: 'FORBIDDEN', params: { roles: service.opens.join(', ') } };
  const parsed = service.applicant.safeParse(given.applicant);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({
      path: ['applicant', ...path].join('.'),
      message,
    }));
    return { ok: false, code: 'INVALID_INPUT', issues };
  }
  const snapshot = freshSnapshot(service);
  const to = standing(service, snapshot);
  const clock = newVisit(to.minutes ?? 0, time, given.calendarVersion, at, ladderOf(service));
  const payload = { saltHex: given.saltHex, data: JSON.stringify(parsed.data) };
  const number: NumberWanted = {
    name: service.casePrefix,
    year: Number(time.dateOf(at).slice(0, 4)),
    width: 6,
    letter: null,
  };
  const entry = firstEntry(given, entryActor(actor, role), to, clock.dueAt, commitment(payload.saltHex, payload.data));
  const write = {
    officeId: actor.officeId,
    caseId: given.caseId,
    openedAt: at,
    expectedVersion: 0,
    change: { ...clock, ...firstChange(to, at), snapshot: store(service, snapshot) },
    earlier: [],
    last: {
      seq: 1,
      at,
      event: entry.event,
      actorId: actor.accountId,
      visit: 1,
      level: null,
      ...entryText(entry, number),
    },
    request: given.request,
    payload,
    notices: [],
    number,
  };
  const { id, version } = service;
  const opening = { service: id, machineVersion: version, machineHash: hash, search: searchText(parsed.data) };
  return { ok: true, entry, snapshot, write, opening };
}

function firstChange({ state, stepNo, deskRole, deskAccount }: Standing, at: number) {
  return { version: 1, stepSeq: 1, visit: 1, state, stepNo, deskRole, deskAccount, lastAt: at, closedAt: null };
}

function firstEntry(
  { registered, actor, caseId, at }: OpeningGiven,
  by: EntryActor,
  to: Standing,
  dueAt: number | null,
  applicant: string,
): Entry {
  return {
    v: 1,
    office: actor.officeId,
    case: caseId,
    seq: 1,
    prev: GENESIS,
    at: iso(at),
    machine: machineOf(registered),
    event: 'OPENED',
    outsideSop: false,
    actor: by,
    from: null,
    to: to.state,
    stepSeq: 1,
    visit: null,
    next: { visit: 1, dueAt: dueAt === null ? null : iso(dueAt) },
    facts: {},
    commitment: applicant,
  };
}

/** What a text search looks through: every applicant field but the telephone number. */
function searchText(applicant: Readonly<Record<string, unknown>>): string {
  const { phone: _phone, ...rest } = applicant;
  return Object.values(rest).join(' ').toLowerCase();
}
