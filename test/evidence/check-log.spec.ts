/** The look at the log, on tables: what is whole has no difference, and whatever is taken, added or changed has one. */
import { hash } from 'node:crypto';
import { checkLog } from '../../src/evidence/check-log.js';
import { Found, type Difference } from '../../src/evidence/found.js';
import { Growth, type FullTile } from '../../src/evidence/growth.js';
import { pauseAfter } from '../../src/evidence/self-check.js';
import type { SealedRow } from '../../src/evidence/self-check.store.js';
import { rootOver } from '../support/log.js';

const OFFICE = '00000000-0000-4000-8000-00000000000f';
const leafOf = (entry: string) => hash('sha256', `\0${entry}`, 'buffer');

interface Log {
  rows: SealedRow[];
  tiles: FullTile[];
  head: { size: number; rootHex: string } | null;
}

/** Cases of three entries each, one after the other. */
function log(size: number): Log {
  const rows: SealedRow[] = [];
  const growth = new Growth(0, []);
  const tiles: FullTile[] = [];
  for (let index = 0; index < size; index++) {
    const seq = (index % 3) + 1;
    const before = seq === 1 ? null : rows[index - 1]!.leaf;
    const entry = JSON.stringify({ seq, prev: before?.toString('hex') ?? '0'.repeat(64), n: index });
    const leaf = leafOf(entry);
    const caseId = `case ${Math.floor(index / 3)}`;
    rows.push({ index, officeId: OFFICE, caseId, seq, leaf, entry, storedHash: leaf, before, caseGone: false });
    tiles.push(...growth.add(leaf));
  }
  return { rows, tiles, head: { size, rootHex: rootOver(rows.map(({ leaf }) => leaf)).toString('hex') } };
}

async function differences({ rows, tiles, head }: Log): Promise<Difference[]> {
  const found: Difference[] = [];
  const reader = {
    page: (from: number, limit: number) => Promise.resolve(rows.filter(({ index }) => index >= from).slice(0, limit)),
    tiles: (keys: readonly { level: number; no: number }[]) =>
      Promise.resolve(tiles.filter(({ level, no }) => keys.some((key) => key.level === level && key.no === no))),
  };
  await checkLog(reader, head, (one) => found.push(one));
  return found;
}

const whys = async (one: Log) => (await differences(one)).map(({ why }) => why);

it.each([0, 1, 2, 255, 256, 257, 1000, 1500, 65_536 + 300])('a log of %i entries has no difference', async (size) => {
  expect(await differences(log(size))).toEqual([]);
});

const SIZE = 2400;
const at = (one: Log, index: number, change: Partial<SealedRow>) => {
  one.rows[index] = { ...one.rows[index]!, ...change };
};
/** With its hashes, as somebody changes a text who knows of them: only the tree and the signature give it away. */
const consistently = (one: Log, index: number, entry: string) =>
  at(one, index, { entry, leaf: leafOf(entry), storedHash: leafOf(entry) });

const CHANGES: readonly (readonly [what: string, change: (one: Log) => void, why: RegExp])[] = [
  ['text', (one) => at(one, 700, { entry: '{}' }), /^entry 2 .index 700 .* is not the text that was sealed/],
  ['lost text', (one) => at(one, 700, { entry: null }), /is gone from history/],
  ['lost case', (one) => at(one, 699, { caseGone: true }), /is of a case that is gone/],
  ['stored hash', (one) => at(one, 700, { storedHash: leafOf('x') }), /is stored with another hash/],
  ['stored hash that is none', (one) => at(one, 700, { storedHash: null }), /is stored with another hash/],
  ['text that is no JSON', (one) => consistently(one, 700, 'x'), /is not an entry/],
  ['text that is null', (one) => consistently(one, 700, 'null'), /is not an entry/],
  ['text that is a number', (one) => consistently(one, 700, '7'), /is not an entry/],
  ['text whose prev is no text', (one) => consistently(one, 700, '{"prev":7}'), /is not an entry/],
  ['text that follows another', (one) => at(one, 700, { before: leafOf('x') }), /does not follow the entry before it/],
  [
    'leaf, with the text',
    (one) => consistently(one, 2399, one.rows[2399]!.entry!.replace('2399', '1')),
    /not those that were signed/,
  ],
  [
    'leaf of a tile',
    (one) => consistently(one, 0, one.rows[0]!.entry!.replace(':0}', ':1}')),
    /^tile 0\/0 .* is not what/,
  ],
  ['tile', (one) => (one.tiles[1] = { ...one.tiles[1]!, hashes: one.tiles[0]!.hashes }), /^tile 0\/1 .* is not what/],
  ['root of a tile', (one) => (one.tiles[1] = { ...one.tiles[1]!, root: leafOf('x') }), /^tile 0\/1 .* is not what/],
  ['lost tile', (one) => one.tiles.splice(2, 1), /^tile 0\/2 of the log is missing/],
  ['entry taken out', (one) => one.rows.splice(1200, 1), /^entries 1200 to 1200 of the log are missing/],
  ['first entry taken', (one) => one.rows.splice(0, 1), /^entries 0 to 0 of the log are missing/],
  ['more than a page taken', (one) => one.rows.splice(300, 1900), /^entries 300 to 2199 of the log are missing/],
  ['tail cut', (one) => one.rows.splice(2398), /^the log is shorter than the 2400 entries/],
  ['all cut', (one) => one.rows.splice(0), /^the log is shorter than the 2400 entries/],
  ['head', (one) => (one.head = { ...one.head!, rootHex: 'f'.repeat(64) }), /not those that were signed/],
  ['head of an older size', (one) => (one.head = { size: 9, rootHex: 'f'.repeat(64) }), /^the first 9 entries/],
];

it.each(CHANGES)('one with a changed %s has that difference', async (_what, change, why) => {
  const one = log(SIZE);
  change(one);
  expect(await whys(one)).toContainEqual(expect.stringMatching(why));
});

it('a gap is one difference, and what is whole behind it none', async () => {
  const one = log(SIZE);
  one.rows.splice(300, 1200);
  expect(await whys(one)).toEqual(['entries 300 to 1499 of the log are missing']);
});

it('names the case, and of no case the log', async () => {
  const one = log(9);
  at(one, 4, { entry: '{}' });
  at(one, 7, { entry: '{}', caseId: null });
  const found = await differences(one);
  expect(found.map(({ officeId, caseId }) => [officeId, caseId])).toEqual([
    [OFFICE, 'case 1'],
    [null, null],
  ]);
});

describe('what is found', () => {
  const of = (caseId: string | null, why: string): Difference => ({ officeId: caseId && OFFICE, caseId, why });

  it('is told by the case, and what belongs to none together', () => {
    const found = new Found();
    for (const one of [of('a', 'x'), of(null, 'p'), of('b', 'y'), of('a', 'z'), of(null, 'q')]) found.add(one);
    expect([found.total, found.findings()]).toEqual([
      5,
      [
        { officeId: OFFICE, caseId: 'a', why: 'x\nz', differences: 2 },
        { officeId: null, caseId: null, why: 'p\nq', differences: 2 },
        { officeId: OFFICE, caseId: 'b', why: 'y', differences: 1 },
      ],
    ]);
    expect(new Found().findings()).toEqual([]);
  });

  it('takes no more room than it may, and loses no count: more of it is another finding', () => {
    const found = new Found(3);
    for (let n = 0; n < 10_000; n++) found.add(of(`case ${n}`, 'x'));
    const findings = found.findings();
    expect([found.total, findings.length]).toEqual([10_000, 4]);
    expect(findings.at(-1)).toEqual({ officeId: null, caseId: null, why: '9997 more differences', differences: 9997 });
    found.add(of('one more', 'x'));
    expect(found.findings().at(-1)!.why).not.toBe(findings.at(-1)!.why);
  });
});

it.each([
  [600_000, 20_000, 580_000],
  [600_000, 599_500, 1000],
  [600_000, 900_000, 1000],
])('with a period of %i ms, a run of %i ms is followed by the next after %i ms', (period, took, pause) => {
  expect(pauseAfter(period, took)).toBe(pause);
});
