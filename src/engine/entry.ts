/**
 * The text of a history entry: what an inspector reads and what is hashed. Field order is part of the format, so it is
 * written once, here. Personal data never enters it; `commitment` binds it to what is kept apart.
 */
import type { Role } from '../../machines/contract.js';
import type { Registered } from '../../machines/registry.js';
import type { Actor, CaseRow, NumberWanted } from './types.js';

export interface EntryActor {
  readonly id: string;
  readonly role: Role;
  /** All roles held at that moment: what the answer's allowed events were worked out from. */
  readonly roles: readonly Role[];
  readonly actingFor: string | null;
  readonly letterNumber: string | null;
  readonly client: string | null;
}

/** The step visit in which the event happened. `usedMs` is working time; `verdict` is set where the visit ended. */
export interface EntryVisit {
  readonly no: number;
  readonly stepNo: number | null;
  readonly budgetMinutes: number;
  readonly budgetMs: number;
  readonly usedMs: number;
  readonly verdict: 'ON_TIME' | 'LATE' | null;
  readonly calendar: number;
}

export interface EntryNumber {
  readonly name: string;
  readonly year: number;
  readonly value: string;
}

export interface Entry {
  readonly v: 1;
  readonly office: string;
  readonly case: string;
  readonly seq: number;
  readonly prev: string;
  readonly at: string;
  readonly machine: { readonly id: string; readonly version: number; readonly hash: string };
  readonly event: string;
  readonly outsideSop: boolean;
  readonly actor: EntryActor | null;
  readonly from: string | null;
  readonly to: string;
  readonly stepSeq: number;
  readonly visit: EntryVisit | null;
  readonly next: { readonly visit: number; readonly dueAt: string | null };
  readonly facts: Readonly<Record<string, unknown>>;
  readonly commitment: string | null;
  /** Case number or agenda number taken by this act. */
  readonly number?: EntryNumber;
}

export function entryActor(actor: Actor, role: Role): EntryActor {
  const grant = actor.grants.find((held) => held.role === role);
  return {
    id: actor.accountId,
    role,
    roles: [...new Set(actor.grants.map((held) => held.role))].sort(),
    actingFor: grant?.actingFor ?? null,
    letterNumber: grant?.letterNumber ?? null,
    client: actor.clientId,
  };
}

/** Text before and after the place where the database puts a number it allocates. */
export function entryText(entry: Entry, number: NumberWanted | null): { text: string; tail: string } {
  const text = JSON.stringify(entry);
  if (!number) return { text, tail: '' };
  const head = `,"number":{"name":${JSON.stringify(number.name)},"year":${number.year},"value":"`;
  return { text: text.slice(0, -1) + head, tail: '"}}' };
}

/** The entry as it reads once the database has put its number in. */
export function withNumber(entry: Entry, number: NumberWanted | null, value: string): Entry {
  return number ? { ...entry, number: { name: number.name, year: number.year, value } } : entry;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

export function machineOf({ service, hash }: Registered): Entry['machine'] {
  return { id: service.id, version: service.version, hash };
}

export function visitOf(
  row: Pick<CaseRow, 'visit' | 'stepNo' | 'budgetMinutes' | 'calendarVersion'>,
  used: number,
  budget: number,
  ended: boolean,
): EntryVisit {
  return {
    no: row.visit,
    stepNo: row.stepNo,
    budgetMinutes: row.budgetMinutes ?? 0,
    budgetMs: budget,
    usedMs: used,
    verdict: ended ? (used > budget ? 'LATE' : 'ON_TIME') : null,
    calendar: row.calendarVersion,
  };
}
