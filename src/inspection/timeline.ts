/** A history entry as a person reads it: who, when, used and budget minutes, verdict, reason, hashes. Pure. */
import type { StoredEntry } from './history.store.js';

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
  readonly to: string;
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

interface Parsed extends Pick<TimelineItem, 'seq' | 'at' | 'event' | 'outsideSop' | 'from' | 'to' | 'facts' | 'prev'> {
  readonly actor: { role: string; actingFor: string | null; letterNumber: string | null; client: string | null } | null;
  readonly visit: {
    no: number;
    stepNo: number;
    budgetMinutes: number;
    budgetMs: number;
    usedMs: number;
    verdict: string;
  } | null;
  readonly number?: TimelineItem['number'];
}

export function timeline(stored: readonly StoredEntry[], withRemarks: boolean): TimelineItem[] {
  return stored.map(({ entry, hash, actorLogin, actorName, payload }) => {
    const { actor, visit, ...parsed } = JSON.parse(entry) as Parsed;
    return {
      seq: parsed.seq,
      at: parsed.at,
      event: parsed.event,
      outsideSop: parsed.outsideSop,
      actor: actor && {
        login: actorLogin,
        name: actorName,
        role: actor.role,
        actingFor: actor.actingFor,
        letterNumber: actor.letterNumber,
        client: actor.client,
      },
      from: parsed.from,
      to: parsed.to,
      stepNo: visit?.stepNo ?? null,
      visit: visit?.no ?? null,
      usedMinutes: visit && Math.round((visit.usedMs / (visit.budgetMs / visit.budgetMinutes)) * 100) / 100,
      budgetMinutes: visit?.budgetMinutes ?? null,
      verdict: visit?.verdict ?? null,
      number: parsed.number ?? null,
      facts: parsed.facts,
      // What the first entry binds is the applicant: that belongs to the case, not to its history.
      remarks:
        withRemarks && payload !== null && parsed.seq > 1 ? (JSON.parse(payload) as Record<string, unknown>) : null,
      prev: parsed.prev,
      hash,
    };
  });
}
