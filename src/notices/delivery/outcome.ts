/** How a try ended, as a value: no failure of a receiver is an exception of ours. */
export type Outcome =
  | { readonly result: 'sent'; readonly code: string }
  /** To be tried again; `askedMs`: the receiver wants nothing for so long (Retry-After). */
  | { readonly result: 'failed'; readonly code: string; readonly askedMs?: number }
  /** Nothing is gained by trying again; `gone`: the endpoint itself says so. */
  | { readonly result: 'refused'; readonly code: string; readonly gone?: boolean };

export interface Claimed {
  readonly officeId: string;
  readonly id: string;
  readonly channel: 'email' | 'webhook';
  readonly endpointId: string;
  readonly lane: string;
  /** Number of this try, from 1. With it the try is recognised when it is settled. */
  readonly attempts: number;
  /** A test message is tried once. */
  readonly isTest: boolean;
}
