/**
 * Where a changed history is first seen to be wrong, told by somebody who has the true one beside it: no trees, no proofs.
 * What the verifier says is held against this, place for place.
 */
import { leafHash } from '../../src/engine/chain.js';
import type { LogLine, Subject } from '../../src/inspection/export.lines.js';

export interface Truth {
  readonly office: string;
  /** The whole log. */
  readonly leaves: readonly string[];
  /** Sizes of the older checkpoints that stand between the entries. */
  readonly passed: readonly number[];
  readonly oneOffice: boolean;
}

interface Entry {
  readonly office: string;
  readonly case?: string;
  readonly record?: string;
  readonly seq: number;
  readonly prev: string;
  readonly at: string;
}
interface Link {
  readonly seq: number;
  readonly digest: string;
  readonly at: string;
}

const NO_OFFICE = '00000000-0000-0000-0000-000000000000';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What is known while the lines go by. */
interface Walk {
  readonly truth: Truth;
  readonly subject: Subject;
  readonly proven: (index: number) => boolean;
  readonly chains: Map<string, Link>;
}

/** Index of the first line that can be told to be wrong; null where none can. `proven`: whether a line's proof is untouched. */
export function firstBadOf(
  truth: Truth,
  subject: Subject,
  lines: readonly LogLine[],
  proven: (index: number) => boolean = () => true,
): number | null {
  const walk = { truth, subject, proven, chains: new Map<string, Link>() };
  const all = subject.kind === 'all';
  let [last, good, differs] = [-1, 0, false];
  for (const line of lines) {
    const wrong = wrongAt(walk, line, last);
    if (wrong !== null) return wrong;
    differs ||= line.leaf !== truth.leaves[line.index];
    last = line.index;
    if (!all || !truth.passed.includes(last + 1)) continue;
    if (differs) return good;
    good = last + 1;
  }
  if (all && lines.length !== truth.leaves.length) return lines.length;
  return all && differs ? good : null;
}

/** Where a line itself shows that something is wrong. */
function wrongAt(walk: Walk, line: LogLine, last: number): number | null {
  const { truth, subject, proven } = walk;
  const { index, leaf, own, entry } = line;
  const all = subject.kind === 'all';
  if (own && entry === null) return index;
  if (index <= last || (all && index !== last + 1)) return last + 1;
  if (index >= truth.leaves.length) return index;
  if (entry === null) return truth.oneOffice ? index : null;
  const digest = leafHash(entry);
  if (!follows(walk, entry, digest)) return index;
  const fits = all ? digest === leaf : digest === truth.leaves[index] && proven(index);
  return fits ? null : index;
}

/** Whether a text stands where its case or its office's records go on; it is remembered as their last. */
function follows({ chains, truth, subject }: Walk, text: string, digest: string): boolean {
  const entry = read(text);
  if (!entry || !belongs(entry, truth, subject)) return false;
  const { seq, prev, at } = entry;
  const chain = entry.case ?? `records of ${entry.office}`;
  const before = chains.get(chain);
  chains.set(chain, { seq, digest, at });
  if (!before && subject.kind === 'period') return true;
  const expected = before ?? { seq: 0, digest: '0'.repeat(64), at: '' };
  return seq === expected.seq + 1 && prev === expected.digest && at >= expected.at;
}

function belongs({ office, at, ...entry }: Entry, truth: Truth, subject: Subject): boolean {
  if (office !== truth.office && !(office === NO_OFFICE && entry.record)) return false;
  if (subject.kind === 'case') return entry.case === subject.caseId;
  return subject.kind === 'all' || (at >= subject.from && at < subject.to);
}

function read(text: string): Entry | null {
  // Half a letter is stored as another one.
  if (Buffer.from(text, 'utf8').toString('utf8') !== text) return null;
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    return entry && isChained(entry) && isSound(entry) ? (entry as Entry) : null;
  } catch {
    return null;
  }
}

const isChained = (entry: Partial<Entry>) =>
  typeof entry.case === 'string' || (typeof entry.record === 'string' && !('case' in entry));
const isSound = ({ seq = 0, at = '' }: Partial<Entry>) => Number.isSafeInteger(seq) && seq >= 1 && INSTANT.test(at);
