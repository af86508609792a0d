/** A case as its history says it stood at an instant: what the last entry written by then left behind. Pure. */
import type { StoredEntry } from './history.store.js';
import { readEntry, UNREADABLE } from '../evidence/readable.js';

export interface Standing {
  /** The entry that left it so. */
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly hash: string;
  /** Null, as all that follows, where the text of that entry cannot be read. */
  readonly state: string | null;
  readonly stepSeq: number | null;
  readonly visit: number | null;
  readonly dueAt: string | null;
}

type Stored = Pick<StoredEntry, 'seq' | 'entry' | 'hash' | 'atMs'>;

/** Null before the case was opened. `atMs` counts as past: an entry of that very millisecond is in. */
export function standingAt(stored: readonly Stored[], atMs: number): Standing | null {
  let found: Standing | null = null;
  for (const one of stored) {
    const left = leftBy(one);
    if (Date.parse(left.at) > atMs) break;
    found = left;
  }
  return found;
}

function leftBy({ seq, entry, hash, atMs }: Stored): Standing {
  const read = readEntry(entry);
  if (!read) {
    const at = new Date(atMs).toISOString();
    return { seq, at, event: UNREADABLE, hash, state: null, stepSeq: null, visit: null, dueAt: null };
  }
  const { at, event, to, stepSeq, next } = read;
  return { seq: read.seq, at, event, hash, state: to, stepSeq, visit: next.visit, dueAt: next.dueAt };
}
