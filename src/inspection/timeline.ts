/** A history entry as a person reads it: who, when, used and budget minutes, verdict, reason, hashes. Pure. */
import type { StoredEntry } from './history.store.js';
import { readEntry, readText, UNREADABLE, type ReadEntry } from '../evidence/readable.js';

export interface TimelineItem {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly outsideSop: boolean;
  readonly actor: {
    readonly login: string | null;
    readonly name: string | null;
    readonly role: string;
    readonly actingFor: string | null;
    readonly letterNumber: string | null;
    readonly client: string | null;
  } | null;
  readonly from: string | null;
  /** Null where the text cannot be read: nobody knows. */
  readonly to: string | null;
  readonly stepNo: number | null;
  readonly visit: number | null;
  readonly usedMinutes: number | null;
  readonly budgetMinutes: number | null;
  readonly verdict: string | null;
  readonly number: { readonly name: string; readonly year: number; readonly value: string } | null;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Free text of the act; absent where none was given, where it was destroyed, and for readers without the right. */
  readonly remarks: Readonly<Record<string, unknown>> | null;
  readonly prev: string;
  readonly hash: string;
}

export function timeline(stored: readonly StoredEntry[], withRemarks: boolean): TimelineItem[] {
  return stored.map((row) => itemOf(row, withRemarks));
}

function itemOf(row: StoredEntry, withRemarks: boolean): TimelineItem {
  const { entry, hash, payload } = row;
  const parsed = readEntry(entry);
  if (!parsed) return unreadable(row);
  const { seq, at, event, outsideSop, actor, from, to, visit, number, facts, prev } = parsed;
  return {
    seq,
    at,
    event,
    outsideSop,
    actor: actor && actorOf(actor, row),
    from,
    to,
    ...visitOf(visit),
    number: number ?? null,
    facts,
    // What the first entry binds is the applicant: that belongs to the case, not to its history.
    remarks: withRemarks && payload !== null && seq > 1 ? readText(payload) : null,
    prev,
    hash,
  };
}

function actorOf(
  { role, actingFor, letterNumber, client }: NonNullable<ReadEntry['actor']>,
  { actorLogin, actorName }: StoredEntry,
): TimelineItem['actor'] {
  return { login: actorLogin, name: actorName, role, actingFor, letterNumber, client };
}

function visitOf(visit: ReadEntry['visit']) {
  if (!visit) return { stepNo: null, visit: null, usedMinutes: null, budgetMinutes: null, verdict: null };
  const { no, stepNo, budgetMinutes, verdict } = visit;
  return { stepNo, visit: no, usedMinutes: minutesOf(visit), budgetMinutes, verdict };
}

/** Its place, its time and its hash as they stand beside the text. */
function unreadable({ seq, atMs, hash }: StoredEntry): TimelineItem {
  return {
    seq,
    at: new Date(atMs).toISOString(),
    event: UNREADABLE,
    outsideSop: false,
    actor: null,
    from: null,
    to: null,
    stepNo: null,
    visit: null,
    usedMinutes: null,
    budgetMinutes: null,
    verdict: null,
    number: null,
    facts: {},
    remarks: null,
    prev: '',
    hash,
  };
}

function minutesOf({ usedMs, budgetMs, budgetMinutes }: NonNullable<ReadEntry['visit']>): number | null {
  const minutes = Math.round((usedMs / (budgetMs / budgetMinutes)) * 100) / 100;
  return Number.isFinite(minutes) ? minutes : null;
}
