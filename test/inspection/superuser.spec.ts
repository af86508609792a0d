/**
 * H1: what a superuser does to the tables, row by row as an export then reads, and sets right every hash that can be set
 * right. Each change is found, and at the place where somebody who knows the true history would first see it.
 */
import { leafHash } from '../../src/engine/chain.js';
import type { LogLine, Subject } from '../../src/inspection/export.lines.js';
import { fillLog, MemoryLog, signing, verdictOn } from '../support/exports.js';
import { firstBadOf, type Truth } from '../support/first-bad.js';
import { Dice } from '../support/property.js';

/** Of each kind of export. */
const MUTATIONS = 3500;
const OFFICE = '00000000-0000-4000-8000-000000000001';
const CASES = [1, 2, 3, 4, 5, 6].map((n) => `00000000-0000-4000-9000-00000000000${n}`);
const signer = signing();
const dice = new Dice();

function logOf(others: boolean): MemoryLog {
  const log = new MemoryLog(signer, 7);
  fillLog(log, OFFICE, CASES, 60, '', others ? 9 : 0);
  log.checkpoint();
  return log;
}

type Rows = readonly LogLine[];
const without = (rows: Rows, at: number) => rows.filter((_, n) => n !== at);
const set = (rows: Rows, at: number, change: Partial<LogLine>): Rows =>
  rows.map((row, n) => (n === at ? { ...row, ...change } : row));
const indexesOf = (rows: Rows, from: Rows): Rows => rows.map((row, n) => ({ ...row, index: from[n]?.index ?? n }));

function edited(text: string): string {
  const at = dice.below(text.length);
  return text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1);
}
/** A word of the act itself: the text stays an entry in its place. */
const reworded = (text: string) => text.replace('RECORD_PAPER', 'RECORD_PAPIR');
const withLeaf = (entry: string) => ({ entry, leaf: leafHash(entry) });

/** Changes an entry and everything of its case that follows from it: what a forger with time does. */
function rechained(rows: Rows, at: number): Rows {
  const id = caseOf(rows[at]!);
  let prev = '';
  return rows.map((row, n) => {
    if (n < at || row.entry === null || caseOf(row) !== id) return row;
    const changed = JSON.parse(row.entry) as Record<string, unknown>;
    if (n === at) changed.stepSeq = 99;
    else changed.prev = prev;
    const text = JSON.stringify(changed);
    prev = leafHash(text);
    return { ...row, ...withLeaf(text) };
  });
}
const caseOf = ({ entry }: LogLine) => /"case":"([^"]+)"/.exec(entry ?? '')?.[1];

function exchanged(rows: Rows, at: number): Rows {
  const other = dice.below(rows.length);
  return indexesOf(
    rows.map((_, n) => rows[n === at ? other : n === other ? at : n]!),
    rows,
  );
}

type Mutate = (rows: Rows, at: number) => Rows;
const MUTANTS: Readonly<Record<string, Mutate>> = {
  'a text edited': (rows, at) => set(rows, at, { entry: edited(rows[at]!.entry!) }),
  'a text edited, and its hash in the log': (rows, at) => set(rows, at, withLeaf(edited(rows[at]!.entry!))),
  'a word changed, and the hash in the log': (rows, at) => set(rows, at, withLeaf(reworded(rows[at]!.entry!))),
  'a text edited, its case chained anew': rechained,
  'a hash in the log': (rows, at) => set(rows, at, { leaf: leafHash(String(at)) }),
  'a text deleted': (rows, at) => set(rows, at, { entry: null }),
  'a row deleted': without,
  'a row deleted, the rest moved up': (rows, at) => indexesOf(without(rows, at), rows),
  'a row inserted': (rows, at) => {
    const made = { ...rows[dice.below(rows.length)]! };
    return indexesOf([...rows.slice(0, at), made, ...rows.slice(at)], [...rows, { ...rows[0]!, index: 60 }]);
  },
  'two rows exchanged': exchanged,
  'a row passed off as another office’s, with a hash made up': (rows, at) =>
    set(rows, at, { own: false, entry: null, leaf: leafHash('x') }),
  'a row passed off as another office’s, with its true hash': (rows, at) => set(rows, at, { own: false, entry: null }),
  'the tail cut off': (rows, at) => rows.slice(0, at),
};
/** What these do is nothing to exports that carry no hashes, or no lines of others. */
const OF_LEAVES = /^a hash in the log$|^a row passed off/;

interface Kind {
  readonly what: string;
  readonly log: MemoryLog;
  readonly subject: Subject;
  readonly oneOffice: boolean;
}
const [LOG, MIXED] = [logOf(false), logOf(true)];
const KINDS: readonly Kind[] = [
  { what: 'everything, of one office', log: LOG, subject: { kind: 'all' }, oneOffice: true },
  { what: 'everything, of several offices', log: MIXED, subject: { kind: 'all' }, oneOffice: false },
  { what: 'a case', log: MIXED, subject: { kind: 'case', caseId: CASES[2]! }, oneOffice: false },
  {
    what: 'a period',
    log: MIXED,
    subject: { kind: 'period', from: '2026-11-24T02:00:10.000Z', to: '2026-11-24T02:00:50.000Z' },
    oneOffice: false,
  },
];

function rowsOf({ log, subject }: Kind): Rows {
  if (subject.kind === 'all') return log.lines;
  if (subject.kind === 'case') return log.lines.filter((row) => caseOf(row) === subject.caseId);
  const at = ({ entry }: LogLine) => (entry === null ? '' : (JSON.parse(entry) as { at: string }).at);
  return log.lines.filter((row) => at(row) >= subject.from && at(row) < subject.to);
}

describe.each(KINDS)('an export of $what', (kind) => {
  const { log, subject, oneOffice } = kind;
  const rows = rowsOf(kind);
  const truth: Truth = {
    office: OFFICE,
    leaves: log.lines.map(({ leaf }) => leaf),
    passed: [...log.checkpoints.keys()].filter((size) => size < log.lines.length),
    oneOffice,
  };
  const receipts = rows.filter(({ own }) => own).map(({ leaf }) => leaf);
  const places = rows.flatMap(({ entry }, n) => (entry === null ? [] : [n]));
  const verdict = (forged: Rows) => verdictOn(log.export(OFFICE, subject, forged), signer.key, [], receipts, oneOffice);
  const mutants = Object.entries(MUTANTS).filter(([what]) => subject.kind === 'all' || !OF_LEAVES.test(what));

  it(`changed in any of ${MUTATIONS} ways is found, each time where it is first wrong`, () => {
    expect(verdict(rows)).toMatchObject({ result: 'PASS' });
    const counts: Record<string, number> = {};
    let [found, lost] = [0, 0];
    for (let tried = 0; found < MUTATIONS; tried++) {
      const [what, mutate] = mutants[tried % mutants.length]!;
      const at = dice.pick(places);
      const forged = mutate(rows, at);
      if (JSON.stringify(forged) === JSON.stringify(rows)) continue;
      const expected = firstBadOf(truth, subject, forged);
      const { result, index, why } = verdict(forged);
      // What is cut off at the end of a chain is wrong nowhere: the receipts of those acts are missing.
      expect([what, at, why, result, index]).toEqual([what, at, why, 'FAIL', expected]);
      if (expected === null) expect(why).toMatch(/no entry has the hash of the receipt|nothing in this export/);
      if (expected === null) lost += 1;
      counts[what] = (counts[what] ?? 0) + 1;
      found += 1;
    }
    process.stdout.write(`H1, ${kind.what}: n = ${found} mutations, all found, ${lost} by a receipt alone\n`);
    expect(Object.keys(counts)).toHaveLength(mutants.length);
  });
});

it('the place is where the change is, where that is all that was changed', () => {
  const verdict = (rows: Rows, oneOffice = false) =>
    verdictOn(LOG.export(OFFICE, { kind: 'all' }, rows), signer.key, [], [], oneOffice);
  for (let at = 0; at < 60; at++) {
    const text = LOG.lines[at]!.entry!;
    expect(verdict(set(LOG.lines, at, { entry: reworded(text) }))).toMatchObject({ result: 'FAIL', index: at });
    expect(verdict(set(LOG.lines, at, { entry: null }))).toMatchObject({ result: 'FAIL', index: at });
    expect(verdict(without(LOG.lines, at))).toMatchObject({ result: 'FAIL', index: at });
    const bare = set(LOG.lines, at, { own: false, entry: null });
    expect(verdict(bare, true)).toMatchObject({ result: 'FAIL', index: at });
    // Never before a checkpoint that fits, and before the next one, though the forger has set the hash right.
    const { index } = verdict(set(LOG.lines, at, withLeaf(reworded(text))));
    expect(index).toBeGreaterThanOrEqual(Math.floor(at / 7) * 7);
    expect(index).toBeLessThan(Math.min(60, Math.floor(at / 7) * 7 + 7));
  }
});
