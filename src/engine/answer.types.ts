/** What a read or write of a case answers. */
import type { Options } from './allowed.js';
import type { EntryNumber } from './entry.js';
import type { Role, Text } from './types.js';

export interface StepAnswer {
  readonly no: number;
  readonly label: Text;
  readonly accountable: readonly Role[];
  readonly minutes: number;
  readonly requirements: readonly { paper: string; label: string; or?: readonly string[] }[];
  readonly output: { readonly paper: string; readonly label: string };
}

export interface CaseAnswer extends Options {
  readonly id: string;
  readonly caseNo: string;
  readonly service: { readonly id: string; readonly version: number };
  readonly state: string;
  readonly stateLabel: Text;
  readonly closed: boolean;
  readonly step: StepAnswer | null;
  /** What If-Match speaks of; also sent as ETag. */
  readonly stepSeq: number;
  readonly visit: number;
  /** UTC instant at which the standard working minutes are used up; null while the clock stands still. */
  readonly dueAt: string | null;
  /** The act this answer speaks of. Minutes are working minutes of the step it happened in. */
  readonly last: {
    readonly event: string;
    readonly at: string;
    readonly usedMinutes: number | null;
    readonly budgetMinutes: number | null;
    readonly verdict: 'ON_TIME' | 'LATE' | null;
    readonly number: EntryNumber | null;
  };
  /** Keep it: a later missing or changed entry is provable with it. */
  readonly receipt: { readonly seq: number; readonly hash: string };
}
