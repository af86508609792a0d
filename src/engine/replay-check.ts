/**
 * Does the history of a case, run again through its machine, give the case as it is stored? XState ignores an event it
 * does not take, so each entry's `from` and `to` are compared as well as the end. Pure.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { Service } from '../../machines/contract.js';
import type { Registry } from '../../machines/registry.js';
import { stateName } from '../../machines/shape.js';
import { iso, type Entry } from './entry.js';
import { advance } from './replay.js';
import { freshSnapshot, leafOf, store } from './snapshot.js';
import type { CaseRow } from './types.js';
import { standing } from './visit.js';

/** A case and the texts of its history, read in one statement. */
export type StoredCase = CaseRow & {
  readonly entries: readonly string[];
  /** Tables by which cases are found whose row is missing or says something else than the case; empty where none does. */
  readonly staleCopies: string;
};

/** What does not agree, in words for the log; null where everything does. */
export function differenceOf(registry: Registry, stored: StoredCase): string | null {
  const { service: id, machineVersion, machineHash } = stored;
  const found = registry.find(id, machineVersion);
  if (found?.hash !== machineHash) return `machine ${id}@${machineVersion} with hash ${machineHash} is not installed`;
  const entries = stored.entries.map(parse);
  const unread = entries.indexOf(null);
  if (unread >= 0) return `entry ${unread + 1} is not an entry`;
  return compare(found.service, stored, entries as Entry[]);
}

function compare(service: Service, stored: StoredCase, entries: readonly Entry[]): string | null {
  let snapshot = freshSnapshot(service);
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) return `entry ${index + 1} is missing`;
    const from = entry.seq === 1 ? null : nameOf(snapshot);
    snapshot = advance(service, snapshot, entry);
    const to = nameOf(snapshot);
    if (entry.from === from && entry.to === to) continue;
    return `entry ${entry.seq} (${entry.event}) says ${String(entry.from)} to ${entry.to}, the machine goes ${String(from)} to ${to}`;
  }
  const last = entries.at(-1);
  if (!last) return 'the case has no history';
  const end = compareEnd(service, stored, snapshot, last);
  return end ?? (stored.staleCopies ? `${stored.staleCopies} say something else than the case` : null);
}

/** Columns of the case against what the replayed machine and the last entry say. */
function compareEnd(service: Service, stored: StoredCase, snapshot: AnyMachineSnapshot, last: Entry): string | null {
  const { state, stepNo, deskRole, deskAccount, closed } = standing(service, snapshot);
  const pairs: readonly (readonly [column: string, stored: unknown, replayed: unknown])[] = [
    ['version', stored.version, last.seq],
    ['step_seq', stored.stepSeq, last.stepSeq],
    ['visit', stored.visit, last.next.visit],
    ['state', stored.state, state],
    // A pause and an end keep the number of the step they interrupted.
    ['step_no', stored.stepNo, stepNo ?? stored.stepNo],
    ['desk_role', stored.deskRole, deskRole],
    ['desk_account', stored.deskAccount, deskAccount],
    ['closed', stored.closedAt !== null, closed],
    ['due_at', stored.dueAt === null ? null : iso(stored.dueAt), last.next.dueAt],
    ['snapshot', stored.snapshot, store(service, snapshot)],
  ];
  const wrong = pairs.filter(([, is, should]) => is !== should);
  if (wrong.length === 0) return null;
  return wrong.map(([column, is, should]) => `${column} is ${String(is)}, replay gives ${String(should)}`).join('; ');
}

function nameOf(snapshot: AnyMachineSnapshot): string {
  return stateName(leafOf(snapshot));
}

function parse(text: string): Entry | null {
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return null;
  }
}
