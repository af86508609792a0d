/** The audit report as it leaves the house. */
import type { Text } from '../../machines/contract.js';
import type { Findings } from '../findings/findings.types.js';
import type { AuditCase, BrokenChain, Listed, ListName, NoticeCount, Overdue, RefusedAttempt } from './audit.types.js';

export const FORMATS = ['json', 'csv', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

export interface ServiceOf {
  readonly service: string;
  readonly sopNumber: string | null;
  readonly sopName: string | null;
  readonly machineVersion: number;
  readonly machineHash: string;
  /** What its events are called. */
  readonly labels: Readonly<Record<string, Text>>;
}

export interface AuditReport {
  readonly header: {
    readonly office: { readonly code: string; readonly name: string };
    readonly services: readonly ServiceOf[];
    readonly from: string;
    readonly to: string;
    readonly fromLocal: string;
    readonly toLocal: string;
    /** Login of the inspector. */
    readonly madeBy: string;
    readonly madeAt: string;
    readonly madeAtLocal: string;
  };
  readonly integrity: {
    readonly result: 'PASS' | 'FAIL';
    readonly cases: number;
    readonly entries: number;
    readonly broken: readonly BrokenChain[];
    /** The newest signed checkpoint; null before the first. */
    readonly checkpoint: { readonly size: number; readonly rootHash: string; readonly note: string } | null;
  };
  readonly lists: Readonly<Record<ListName, readonly Listed[]>>;
  /** Longest overdue first, 500 at most. */
  readonly overdueNow: readonly Overdue[];
  /** Newest first, 500 at most. */
  readonly refusedAttempts: readonly RefusedAttempt[];
  /** How many there are of what is listed up to 500. */
  readonly totals: { readonly overdueNow: number; readonly refusedAttempts: number };
  readonly findings: Findings;
  readonly notices: readonly NoticeCount[];
  readonly cases: readonly AuditCase[];
}
