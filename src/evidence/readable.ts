/**
 * A stored text as an entry, or null where it is none: whoever has full power over the database can put anything there, and
 * that is when its histories are asked for most. Pure.
 */
export interface ReadEntry {
  readonly seq: number;
  readonly prev: string;
  readonly at: string;
  readonly event: string;
  readonly outsideSop: boolean;
  readonly actor: {
    readonly id: string;
    readonly role: string;
    readonly roles: readonly string[];
    readonly actingFor: string | null;
    readonly letterNumber: string | null;
    readonly client: string | null;
  } | null;
  readonly from: string | null;
  readonly to: string;
  readonly stepSeq: number;
  readonly visit: {
    readonly no: number;
    readonly stepNo: number | null;
    readonly budgetMinutes: number;
    readonly budgetMs: number;
    readonly usedMs: number;
    readonly verdict: string | null;
    readonly calendar: number;
  } | null;
  readonly next: { readonly visit: number; readonly dueAt: string | null };
  readonly facts: Readonly<Record<string, unknown>>;
  readonly number?: { readonly name: string; readonly year: number; readonly value: string };
}

/** What stands in the place of an entry's event where its text cannot be read. */
export const UNREADABLE = 'UNREADABLE';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const whole: Check = (value) => Number.isSafeInteger(value);
const amount: Check = (value) => Number.isFinite(value);
const instant: Check = (value) => {
  const at = typeof value === 'string' ? new Date(value) : new Date(Number.NaN);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value;
};
const verdict: Check = (value) => value === 'ON_TIME' || value === 'LATE';
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const having =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    object(value) && Object.entries(checks).every(([name, check]) => check((value as Fields)[name]));

const visit = having({
  no: whole,
  stepNo: orNull(whole),
  budgetMinutes: whole,
  budgetMs: amount,
  usedMs: amount,
  verdict: orNull(verdict),
  calendar: whole,
});
const number = having({ name: text, year: whole, value: text });
const actor = having({
  id: text,
  role: text,
  roles: (value) => Array.isArray(value) && value.every(text),
  actingFor: orNull(text),
  letterNumber: orNull(text),
  client: orNull(text),
});
const entry = having({
  seq: whole,
  prev: text,
  at: instant,
  event: text,
  outsideSop: flag,
  actor: orNull(actor),
  from: orNull(text),
  to: text,
  stepSeq: whole,
  visit: orNull(visit),
  next: having({ visit: whole, dueAt: orNull(instant) }),
  facts: object,
  number: (value) => value === undefined || number(value),
});

export function readEntry(stored: string): ReadEntry | null {
  const value = parsed(stored);
  return entry(value) ? (value as ReadEntry) : null;
}

/** Free text as it was committed to; where it cannot be read, an object that says so. */
export function readText(stored: string): Fields {
  const value = parsed(stored);
  return object(value) ? (value as Fields) : { [UNREADABLE]: true };
}

function parsed(stored: string): unknown {
  try {
    return JSON.parse(stored) as unknown;
  } catch {
    return undefined;
  }
}
