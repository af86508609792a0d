/**
 * Checks a case's chain from the stored texts alone. Written apart from the engine on purpose: two pieces of code that
 * agree prove more than one that agrees with itself. Pure.
 */
import { createHash } from 'node:crypto';
import type { StoredEntry } from './history.store.js';

export interface Verdict {
  readonly result: 'PASS' | 'FAIL';
  readonly entries: number;
  readonly lastHash: string | null;
  /** First entry that does not hold, and why. */
  readonly firstBad: { readonly seq: number; readonly reason: string } | null;
}

interface Linked {
  readonly office: string;
  readonly case: string;
  readonly seq: number;
  readonly prev: string;
  readonly at: string;
  readonly commitment: string | null;
}

const GENESIS = '0'.repeat(64);

export function verifyChain(
  officeId: string,
  caseId: string,
  stored: readonly Pick<StoredEntry, 'seq' | 'entry' | 'hash' | 'payload' | 'saltHex'>[],
  head: { readonly version: number; readonly lastHash: string },
): Verdict {
  let prev = GENESIS;
  let before = '';
  const fail = (seq: number, reason: string): Verdict => ({
    result: 'FAIL',
    entries: stored.length,
    lastHash: null,
    firstBad: { seq, reason },
  });
  if (stored.length === 0) return fail(1, 'there is no entry at all');
  for (const [index, row] of stored.entries()) {
    const { seq, entry, hash } = row;
    if (seq !== index + 1) return fail(index + 1, `entry ${index + 1} is missing`);
    const digest = createHash('sha256')
      .update(Buffer.from([0]))
      .update(Buffer.from(entry, 'utf8'))
      .digest('hex');
    if (digest !== hash) return fail(seq, 'the stored hash is not the hash of the stored text');
    const linked = parse(entry);
    if (!linked) return fail(seq, 'the text is not an entry');
    if (linked.prev !== prev) return fail(seq, 'it does not follow the entry before it');
    if (linked.office !== officeId || linked.case !== caseId || linked.seq !== seq) {
      return fail(seq, 'it belongs to another place');
    }
    if (linked.at < before) return fail(seq, 'its time lies before the entry before it');
    if (!opens(linked.commitment, row)) return fail(seq, 'what is kept apart does not fit its commitment');
    prev = hash;
    before = linked.at;
  }
  if (stored.length !== head.version) return fail(stored.length + 1, `the case counts ${head.version} entries`);
  if (prev !== head.lastHash) return fail(stored.length, 'the case remembers another last hash');
  return { result: 'PASS', entries: stored.length, lastHash: prev, firstBad: null };
}

function parse(entry: string): Linked | null {
  try {
    return JSON.parse(entry) as Linked;
  } catch {
    return null;
  }
}

/** Data that is gone was lawfully destroyed and proves nothing; data that is there must fit. */
function opens(commitment: string | null, { payload, saltHex }: Pick<StoredEntry, 'payload' | 'saltHex'>): boolean {
  if (payload === null) return true;
  if (saltHex === null) return false;
  const digest = createHash('sha256').update(Buffer.from(saltHex, 'hex')).update(payload, 'utf8').digest('hex');
  return digest === commitment;
}
