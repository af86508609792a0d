/** The audit report of an office and a period. */
import type { Zone } from '../sla/calendar.js';
import type { TimelineItem } from '../inspection/timeline.js';

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The office as it stands when the report is made. */
export interface AuditOffice {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly zone: Zone;
  readonly now: Date;
}

/** One entry, as the report prints it. */
export interface AuditLine extends Pick<
  TimelineItem,
  | 'seq'
  | 'at'
  | 'event'
  | 'outsideSop'
  | 'actor'
  | 'from'
  | 'to'
  | 'stepNo'
  | 'usedMinutes'
  | 'budgetMinutes'
  | 'verdict'
  | 'facts'
  | 'hash'
> {
  /** The same instant as the office writes it: `2026-11-24 09:00:05 WIB`. */
  readonly atLocal: string;
  /** Cause of a hold, return or refusal, by its code; free text stays apart from the history. */
  readonly reason: string | null;
}

export interface AuditCase {
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly machineVersion: number;
  readonly machineHash: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly state: string;
  readonly integrity: 'PASS' | 'FAIL';
  /** All entries from the opening on, also those outside the period. */
  readonly entries: readonly AuditLine[];
}

/** An entry in one of the lists: where to find it, and what it is about. */
export interface Listed {
  readonly caseNo: string;
  readonly seq: number;
  readonly at: string;
  readonly atLocal: string;
  readonly event: string;
  readonly stepNo: number | null;
  readonly actor: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export const LISTS = ['breaches', 'outsideSop', 'holds', 'corrections', 'acting', 'reDispositions'] as const;
export type ListName = (typeof LISTS)[number];

export interface Overdue {
  readonly caseNo: string;
  readonly state: string;
  readonly stepNo: number | null;
  readonly dueAt: string;
  readonly dueAtLocal: string;
  readonly desk: string | null;
}

/** What somebody tried and was refused, once or several times in that minute. */
export interface RefusedAttempt {
  readonly at: string;
  readonly atLocal: string;
  /** Logins; the client application's where they came by one. */
  readonly actor: string | null;
  readonly client: string | null;
  readonly caseNo: string | null;
  readonly route: string;
  readonly code: string;
  readonly reasons: readonly string[];
  readonly times: number;
}

/** Notices of a kind, and how long after them their deliveries arrived. */
export interface NoticeCount {
  readonly kind: string;
  readonly notices: number;
  readonly acknowledged: number;
  readonly sent: number;
  readonly waiting: number;
  readonly givenUp: number;
  readonly medianDelaySeconds: number | null;
  readonly longestDelaySeconds: number | null;
}

export interface BrokenChain {
  readonly caseNo: string;
  readonly seq: number;
  readonly reason: string;
}
