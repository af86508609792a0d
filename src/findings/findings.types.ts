/** What an inspector would otherwise look for by hand. */
export const KINDS = [
  'OUTSIDE_AUTHORITY',
  'TWO_ROLES',
  'OUTSIDE_HOURS',
  'AGENDA_GAP',
  'AGENDA_VOID',
  'DATED_LATER',
  'LONG_PAUSE',
  'REOPENED',
  'LAST_SECOND',
  'UNREADABLE',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Finding {
  readonly kind: Kind;
  /** Null where it concerns no single case. */
  readonly caseId: string | null;
  readonly caseNo: string | null;
  /** The entry it is about, or the last of several. */
  readonly seq: number | null;
  readonly at: Date;
  /** Login of whoever acted; null where that is nobody in particular. */
  readonly actor: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FindingsAsk {
  readonly from: Date;
  readonly to: Date;
  readonly kinds: readonly Kind[];
  /** A pause is long after so many days; null: after as many as its reason allows (machines/pauses.ts). */
  readonly pauseDays: number | null;
}

export interface Findings {
  readonly items: readonly Finding[];
  /** All there are, also those beyond the items. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
}
